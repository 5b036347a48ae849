import { NONE } from "../../base/ids.js";
import { Interner } from "../../base/interner.js";
import { Durations } from "./durations.js";
import type { TaskRow, TaskTypeRow } from "./rows.js";

interface Task {
  type: string;
  parent: number;
  begin: number;
  end: number;
  logs: number;
  regions: number;
  readonly children: number[];
  readonly goroutines: Set<number>;
}

/** The tasks: by type, and each one if that is asked for. */
export class TaskTable {
  readonly #keep: boolean;
  readonly #types = new Interner();
  readonly #durations = new Durations();
  readonly #counts: number[] = [];
  /** When tasks under way began. */
  readonly #begun = new Map<number, number>();
  /** Every task that was mentioned. */
  readonly #tasks = new Map<number, Task>();

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  /** A task begins. @param parent −1 if it has none */
  begin(id: number, type: string, parent: number, time: number, goroutine: number): void {
    this.#count(type);
    this.#begun.set(id, time);
    const task = this.#mention(id, goroutine);
    if (task === undefined) return;
    task.begin = time;
    this.#describe(id, task, type, parent);
  }

  /** A task ends; it may have begun before the trace, and its type is unknown then. */
  end(id: number, type: string, parent: number, time: number, goroutine: number): void {
    const begun = this.#begun.get(id);
    this.#begun.delete(id);
    if (begun === undefined) this.#count(type);
    else this.#durations.add(this.#types.intern(type), time - begun);
    const task = this.#mention(id, goroutine);
    if (task === undefined) return;
    task.end = time;
    this.#describe(id, task, type, parent);
  }

  log(id: number, goroutine: number): void {
    const task = this.#mention(id, goroutine);
    if (task !== undefined) task.logs++;
  }

  region(id: number, goroutine: number): void {
    const task = this.#mention(id, goroutine);
    if (task !== undefined) task.regions++;
  }

  types(): TaskTypeRow[] {
    return this.#counts.map((count, row) => ({
      type: this.#types.text(row),
      count,
      complete: this.#durations.count[row] as number,
      total: this.#durations.total[row] as number,
      min: this.#durations.min[row] as number,
      max: this.#durations.max[row] as number,
    }));
  }

  /** The tasks by id; the background task is among them if regions or logs belong to it. */
  rows(): TaskRow[] {
    const rows = [...this.#tasks].map(([id, { parent, begin, end, goroutines, ...rest }]) => ({
      ...rest,
      id,
      parent: optional(parent),
      begin: optional(begin),
      end: optional(end),
      goroutines: [...goroutines],
    }));
    return rows.sort((a, b) => a.id - b.id);
  }

  #count(type: string): void {
    const number = this.#types.intern(type);
    this.#durations.ensure(number);
    this.#counts[number] = (this.#counts[number] ?? 0) + 1;
  }

  #describe(id: number, task: Task, type: string, parent: number): void {
    task.type = type;
    if (parent === NONE || task.parent !== NONE) return;
    task.parent = parent;
    this.#get(parent).children.push(id);
  }

  #mention(id: number, goroutine: number): Task | undefined {
    if (!this.#keep) return undefined;
    const task = this.#get(id);
    task.goroutines.add(goroutine);
    return task;
  }

  #get(id: number): Task {
    let task = this.#tasks.get(id);
    if (task === undefined) {
      task = {
        type: "",
        parent: NONE,
        begin: NONE,
        end: NONE,
        logs: 0,
        regions: 0,
        children: [],
        goroutines: new Set(),
      };
      this.#tasks.set(id, task);
    }
    return task;
  }
}

function optional(value: number): number | undefined {
  return value === NONE ? undefined : value;
}
