import { numberField, type ParsedEvent, quotedField, transitionOf } from "./go-parsed.js";

/** A task of runtime/trace. */
export interface GoTask {
  readonly id: number;
  readonly type: string;
  /** The task that it is part of, if that is under way. */
  readonly parent: GoTask | undefined;
  /** Undefined if it began before the trace, or does not end in it. */
  readonly begin: number | undefined;
  end: number | undefined;
  readonly stack: string;
  /** The goroutine that began it, and the one that ended it. */
  readonly goroutine: number;
  endedBy: number | undefined;
}

export interface GoRegion {
  readonly goroutine: number;
  readonly name: string;
  /** Undefined if it began before the trace. */
  readonly begin: number | undefined;
  readonly end: number;
  readonly stack: string;
  readonly endStack: string;
}

export interface GoLog {
  readonly goroutine: number;
  readonly time: number;
  readonly category: string;
  readonly message: string;
  readonly stack: string;
}

/** What the program itself told, by a walk over the official text. A region ends with its goroutine or the trace. */
export class GoAnnotations {
  readonly tasks: GoTask[] = [];
  readonly regions: GoRegion[] = [];
  readonly logs: GoLog[] = [];
  readonly #openTasks = new Map<number, GoTask>();
  readonly #openRegions = new Map<number, Omit<GoRegion, "end" | "endStack">[]>();
  #time = 0;

  event(event: ParsedEvent): void {
    this.#time = event.time;
    switch (event.kind) {
      case "TaskBegin":
        this.#beginTask(event);
        break;
      case "TaskEnd":
        this.#endTask(event);
        break;
      case "RegionBegin":
        this.#beginRegion(event);
        break;
      case "RegionEnd":
        this.#endRegion(event.goroutine, event);
        break;
      case "Log":
        this.#log(event);
        break;
      case "StateTransition": {
        const { of, id, to } = transitionOf(event);
        if (of === "GoID" && to === "NotExist") this.#closeRegions(id);
      }
    }
  }

  finish(): void {
    for (const goroutine of [...this.#openRegions.keys()]) this.#closeRegions(goroutine);
  }

  #beginTask(event: ParsedEvent): void {
    const { time: begin, stack, goroutine } = event;
    const parent = this.#openTasks.get(numberField(event, "Parent"));
    const edges = { begin, end: undefined, stack, goroutine, endedBy: undefined };
    const task: GoTask = { ...taskOf(event), parent, ...edges };
    this.tasks.push(task);
    this.#openTasks.set(task.id, task);
  }

  #endTask(event: ParsedEvent): void {
    const { time: end, goroutine } = event;
    const named = taskOf(event);
    const task = this.#openTasks.get(named.id);
    if (task !== undefined) {
      task.end = end;
      task.endedBy = goroutine;
    }
    // Whoever ends a task twice ends none the second time.
    else if (!this.tasks.some(({ id }) => id === named.id))
      this.tasks.push({
        ...named,
        parent: undefined,
        begin: undefined,
        end,
        stack: "",
        goroutine,
        endedBy: goroutine,
      });
    this.#openTasks.delete(named.id);
  }

  #beginRegion(event: ParsedEvent): void {
    const { goroutine, time: begin, stack } = event;
    const open = this.#openRegions.get(goroutine) ?? [];
    this.#openRegions.set(goroutine, open);
    open.push({ goroutine, name: quotedField(event, "Type"), begin, stack });
  }

  #endRegion(goroutine: number, event: ParsedEvent | undefined): void {
    const open = this.#openRegions.get(goroutine)?.pop();
    const name = event === undefined ? "" : quotedField(event, "Type");
    const region = open ?? { goroutine, name, begin: undefined, stack: "" };
    this.regions.push({ ...region, end: this.#time, endStack: event?.stack ?? "" });
  }

  #closeRegions(goroutine: number): void {
    while ((this.#openRegions.get(goroutine)?.length ?? 0) > 0) this.#endRegion(goroutine, undefined);
    this.#openRegions.delete(goroutine);
  }

  #log(event: ParsedEvent): void {
    const { goroutine, time, stack } = event;
    const category = quotedField(event, "Category");
    this.logs.push({ goroutine, time, category, message: quotedField(event, "Message"), stack });
  }
}

function taskOf(event: ParsedEvent): { id: number; type: string } {
  return { id: numberField(event, "ID"), type: quotedField(event, "Type") };
}
