import type { GoSpan } from "./go-span.js";

/** A task or region that a goroutine works on. */
export class OpenPlace {
  readonly span: GoSpan;
  /** The task, or the region's task; 0: none. */
  readonly task: number;
  /** A region's type; undefined for a task. */
  readonly region: string | undefined;
  /** The goroutine's state times when it began. */
  readonly before: Float64Array;
  /** The neighbours in the goroutine's nest. */
  outer: OpenPlace | undefined;
  inner: OpenPlace | undefined;
  /** The same among those of the same task. */
  outerOfTask: OpenPlace | undefined;
  innerOfTask: OpenPlace | undefined;

  constructor(span: GoSpan, task: number, region: string | undefined, before: Float64Array) {
    this.span = span;
    this.task = task;
    this.region = region;
    this.before = before;
  }
}

/**
 * The open tasks and regions of a goroutine, as lists: one can be left, and the innermost of a task found, wherever it is
 * among thousands.
 */
export class OpenPlaces {
  size = 0;
  innermost: OpenPlace | undefined;
  readonly #innermostOfTask = new Map<number, OpenPlace>();

  /** The innermost place of a task. */
  ofTask(task: number): OpenPlace | undefined {
    return this.#innermostOfTask.get(task);
  }

  enter(place: OpenPlace): void {
    const { innermost } = this;
    place.outer = innermost;
    if (innermost !== undefined) innermost.inner = place;
    this.innermost = place;
    const ofTask = this.#innermostOfTask.get(place.task);
    place.outerOfTask = ofTask;
    if (ofTask !== undefined) ofTask.innerOfTask = place;
    this.#innermostOfTask.set(place.task, place);
    this.size++;
  }

  /** @param place that was entered and not left yet */
  leave(place: OpenPlace): void {
    const { outer, inner, outerOfTask, innerOfTask, task } = place;
    if (outer !== undefined) outer.inner = inner;
    if (inner !== undefined) inner.outer = outer;
    else this.innermost = outer;
    if (outerOfTask !== undefined) outerOfTask.innerOfTask = innerOfTask;
    if (innerOfTask !== undefined) innerOfTask.outerOfTask = outerOfTask;
    else if (outerOfTask !== undefined) this.#innermostOfTask.set(task, outerOfTask);
    else this.#innermostOfTask.delete(task);
    this.size--;
  }

  /** From the innermost to the outermost. */
  *[Symbol.iterator](): Generator<OpenPlace> {
    for (let place = this.innermost; place !== undefined; place = place.outer) yield place;
  }
}
