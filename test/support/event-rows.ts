import { isDeepStrictEqual } from "node:util";
import type { TraceError } from "../../src/base/errors.js";
import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, type EventKindInfo } from "../../src/event/kind.js";
import type { Trace } from "../../src/order/trace.js";
import { stateAfter, stateBefore } from "./event-states.js";
import { readBlocks } from "./reading.js";

/** Columns of a row: those of a block, with 0 where the event's kind does not use one. */
export const ROW_COLUMNS = [
  "kind",
  "time",
  "thread",
  "proc",
  "goroutine",
  "subject",
  "from",
  "to",
  "value",
  "value2",
  "name",
  "text",
  "stack",
  "subjectStack",
] as const;
const WIDTH = ROW_COLUMNS.length;

/** Classes of events that are about nothing in particular. */
const NO_SUBJECT = new Set(["sync", "metric", "sample"]);

/** All that a trace's reader gives, to be compared with what another one gives. */
export interface ReadTrace {
  readonly rows: EventRows;
  /** What stands in the tables of each generation. */
  readonly generations: readonly GenerationContents[];
  readonly timeBase: number;
  readonly error: TraceError | undefined;
  /** Counts of diagnostics. */
  readonly diagnostics: Readonly<Record<string, number>>;
}

export interface GenerationContents {
  readonly number: number;
  readonly nsPerTick: number;
  readonly complete: boolean;
  readonly wall: bigint | undefined;
  readonly strings: readonly string[];
  readonly stacks: readonly string[];
  readonly experimental: number;
}

/** Events in rows of {@link ROW_COLUMNS}. */
export class EventRows {
  #cells = new Float64Array(1024 * WIDTH);
  length = 0;

  add(block: EventBlock): void {
    this.#reserve((this.length + block.length) * WIDTH);
    for (let i = 0; i < block.length; i++) this.#cells.set(row(block, i), this.length++ * WIDTH);
  }

  row(index: number): number[] {
    return [...this.#cells.subarray(index * WIDTH, (index + 1) * WIDTH)];
  }

  /** The column of the given name at a row. */
  at(index: number, column: (typeof ROW_COLUMNS)[number]): number {
    return this.#cells[index * WIDTH + ROW_COLUMNS.indexOf(column)] as number;
  }

  /** What differs first in the first `count` rows; undefined if nothing does. */
  difference(other: EventRows, count = Math.max(this.length, other.length)): string | undefined {
    for (let i = 0; i < Math.min(count, this.length, other.length); i++) {
      const mine = this.row(i);
      const theirs = other.row(i);
      if (mine.some((cell, column) => !Object.is(cell, theirs[column])))
        return `event ${i}: ${describe(mine)} against ${describe(theirs)}`;
    }
    if (Math.min(this.length, other.length) >= count) return undefined;
    return `${this.length} events against ${other.length}`;
  }

  #reserve(length: number): void {
    if (length <= this.#cells.length) return;
    const larger = new Float64Array(length * 2);
    larger.set(this.#cells);
    this.#cells = larger;
  }
}

/** Reads all that a trace has, to its end or to its error. */
export async function readRows(trace: Trace): Promise<ReadTrace> {
  const rows = new EventRows();
  const generations: GenerationContents[] = [];
  let last: EventBlock["generation"];
  const error = await readBlocks(trace, (block) => {
    rows.add(block);
    if (last !== undefined && last !== block.generation) generations.push(contents(last));
    last = block.generation;
  });
  if (last !== undefined) generations.push(contents(last));
  const diagnostics = Object.fromEntries(trace.diagnostics.entries().map(({ id, count }) => [id, count]));
  return { rows, generations, timeBase: trace.timeBase, error, diagnostics };
}

/** What differs between two readings; undefined if nothing does. */
export function readingDifference(one: ReadTrace, other: ReadTrace): string | undefined {
  const events = one.rows.difference(other.rows);
  if (events !== undefined) return events;
  for (const part of ["generations", "timeBase", "diagnostics"] as const)
    if (!isDeepStrictEqual(one[part], other[part])) return `the ${part} differ`;
  const errors = [one.error, other.error].map((error) => error && [error.code, error.message, error.facts]);
  return isDeepStrictEqual(errors[0], errors[1])
    ? undefined
    : `errors: ${JSON.stringify(errors[0])} against ${JSON.stringify(errors[1])}`;
}

function row(block: EventBlock, i: number): number[] {
  const info = EVENT_KINDS[block.kind[i] as number] as EventKindInfo;
  const transition = info.class === "goroutine" || info.class === "proc";
  const used = (column: ArrayLike<number>, isUsed: boolean): number => (isUsed ? (column[i] as number) : 0);
  return [
    block.kind[i] as number,
    block.time[i] as number,
    block.thread[i] as number,
    block.proc[i] as number,
    block.goroutine[i] as number,
    used(block.subject, !NO_SUBJECT.has(info.class) && info.scope !== "none"),
    transition ? stateBefore(block, i) : 0,
    transition ? stateAfter(block, i) : 0,
    used(block.value, info.values !== undefined),
    used(block.value2, (info.values?.length ?? 0) > 1),
    used(block.name, info.strings !== undefined),
    used(block.text, (info.strings?.length ?? 0) > 1),
    used(block.stack, info.stacks !== undefined),
    used(block.subjectStack, info.stacks === 2),
  ];
}

function contents(generation: NonNullable<EventBlock["generation"]>): GenerationContents {
  const { number, nsPerTick, complete, strings, stacks } = generation;
  const indices = (length: number) => Array.from({ length }, (_, index) => index);
  return {
    number,
    nsPerTick,
    complete,
    wall: generation.clock?.wall,
    strings: indices(strings.length).map((index) => strings.text(index)),
    stacks: indices(stacks.length).map((index) =>
      stacks
        .frames(index)
        .map(({ pc, func, file, line }) => `${func}@${pc} ${file}:${line}`)
        .join("\n"),
    ),
    experimental: generation.experimental.reduce((bytes, { data }) => bytes + data.length, 0),
  };
}

function describe(cells: readonly number[]): string {
  const name = EVENT_KINDS[cells[0] as number]?.name;
  const rest = ROW_COLUMNS.map((column, i) => `${column}=${cells[i]}`).slice(1);
  return `${name} ${rest.join(" ")}`;
}
