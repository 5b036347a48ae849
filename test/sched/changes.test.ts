import { describe, expect, test } from "vitest";
import type { Changes } from "../../src/sched/changes.js";
import type { SchedListener } from "../../src/sched/listener.js";
import { SchedModel } from "../../src/sched/model.js";
import { goTests, someValidTraces } from "../support/corpus.js";
import { readFileBlocks } from "../support/reading.js";

/** What all listeners have. */
abstract class Log implements SchedListener {
  readonly model = new SchedModel(this);
  readonly lines: string[] = [];

  block(): void {}

  proc(slot: number, event: number): void {
    this.lines.push(`proc ${slot} ${event}`);
  }

  other(event: number): void {
    // The columns of the model are those at the time of the event.
    this.lines.push(`other ${event} ${this.model.goroutines.state.join("")}`);
  }

  finish(time: number): void {
    this.lines.push(`finish ${time}`);
  }

  abstract cut(slot: number, time: number): void;
}

/** Writes down changes as they come one by one, from the model's own columns. */
class OneByOne extends Log {
  #old: readonly unknown[] = [];

  leave(slot: number): void {
    const { func, id, proc, reason, since, sinceEdge, state, waker } = this.model.goroutines;
    const columns = [id, func, state, since, sinceEdge, reason, waker, proc];
    this.#old = columns.map((column) => column[slot]);
  }

  enter(slot: number, _from: number, _time: number, event: number): void {
    const { proc, reason, since, sinceEdge, state } = this.model.goroutines;
    const columns = [state, since, sinceEdge, reason, proc];
    this.lines.push(
      ["change", event, slot, ...this.#old, ...columns.map((column) => column[slot])].join(" "),
    );
  }

  named(slot: number, stack: number): void {
    this.lines.push(`named ${slot} ${this.model.goroutines.func[slot]} ${stack}`);
  }

  cut(slot: number, time: number): void {
    this.lines.push(`cut ${slot} ${time}`);
  }
}

/** Writes down the rows of the columns. */
class Rows extends Log {
  changes(changes: Changes): void {
    const { edge, event, from, func, goroutine, length, names, proc, reason, since, sinceEdge } = changes;
    const { slot, time, to, toProc, toReason, waker } = changes;
    const old = [goroutine, func, from, since, sinceEdge, reason, waker, proc];
    const columns = [event, slot, ...old, to, time, edge, toReason, toProc];
    let named = 0;
    const name = (before: number): void => {
      for (; named < names.length && (names.place[named] as number) <= before; named++)
        this.lines.push(`named ${names.slot[named]} ${names.func[named]} ${names.stack[named]}`);
    };
    for (let i = 0; i < length; i++) {
      name(i);
      this.lines.push(["change", ...columns.map((column) => column[i])].join(" "));
    }
    name(length);
  }

  cut(slot: number, time: number): void {
    this.lines.push(`cut ${slot} ${time}`);
  }
}

describe("the columns of changes have what the calls for single changes tell", () => {
  const traces = someValidTraces(["annotations-go1.26", "annotations-go1.21", "syscalls-go1.22"]);
  test.each([...traces, ...goTests()])("$name", async ({ path }) => {
    const logs = [new OneByOne(), new Rows()] as const;
    await readFileBlocks(path, {}, (block) => {
      for (const { model } of logs) model.block(block);
    });
    for (const { model } of logs) model.finish();
    const [single, rows] = logs;
    expect(single.lines.length).toBeGreaterThan(2);
    expect(rows.lines.length).toBe(single.lines.length);
    expect(rows.lines.findIndex((line, i) => line !== single.lines[i])).toBe(-1);
  });
});
