import { describe, expect, test } from "vitest";
import { NONE } from "../../src/base/ids.js";
import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS } from "../../src/event/kind.js";
import { GoState, ProcState } from "../../src/event/states.js";
import type { SchedListener } from "../../src/sched/listener.js";
import { SchedModel } from "../../src/sched/model.js";
import { Edge, SchedState } from "../../src/sched/state.js";
import { goTests, variedTraces } from "../support/corpus.js";
import { stateAfter, stateBefore } from "../support/event-states.js";
import { LIKE_GO, readFileBlocks } from "../support/reading.js";

const CLASSES = EVENT_KINDS.map((info) => info.class);

/** What of the model the events themselves contradict, as text; and how its intervals are bounded. */
class Edges implements SchedListener {
  readonly model = new SchedModel(this);
  readonly wrong: string[] = [];
  /** Goroutines and Ps whose interval was cut, with when. */
  readonly cuts = new Map<number, number>();
  readonly procCuts = new Map<number, number>();
  /** The last labels of goroutines, where they had one. */
  readonly labels = new Map<number, string>();
  /** Goroutines that were there when the trace began. */
  readonly cutAtStart = new Set<number>();
  finished = Number.NaN;
  /** By P: since when it is what it is, by the event that said so, and how that is known. */
  readonly #procs = new Map<number, readonly [since: number, edge: Edge]>();
  #block!: EventBlock;

  block(block: EventBlock): void {
    this.#block = block;
  }

  leave(slot: number, to: number, time: number, event: number): void {
    const { state, since } = this.model.goroutines;
    const from = state[slot] as number;
    if (from !== SchedState.None && time < (since[slot] as number)) this.#report("goes back in time", event);
    if (from === to) this.#report("leads nowhere", event);
  }

  enter(slot: number, from: number, _time: number, event: number): void {
    const { id, sinceEdge } = this.model.goroutines;
    const isUnseen = stateBefore(this.#block, event) === GoState.Undetermined;
    if (from === SchedState.None && isUnseen) this.cutAtStart.add(id[slot] as number);
    if ((sinceEdge[slot] === Edge.Cut) !== (from === SchedState.None && isUnseen))
      this.#report("begins otherwise", event);
  }

  named(): void {}
  other(): void {}

  proc(slot: number, event: number): void {
    this.#checkProc(slot);
    const isUnseen = stateBefore(this.#block, event) === ProcState.Undetermined;
    const time = this.#block.time[event] as number;
    this.#procs.set(this.model.procs.id(slot), isUnseen ? [0, Edge.Cut] : [time, Edge.Seen]);
  }

  cut(slot: number, time: number): void {
    const { id, label } = this.model.goroutines;
    this.cuts.set(id[slot] as number, time);
    if (label[slot] !== NONE)
      this.labels.set(id[slot] as number, this.model.labels.text(label[slot] as number));
  }

  cutProc(slot: number, time: number): void {
    this.#checkProc(slot);
    this.procCuts.set(this.model.procs.id(slot), time);
  }

  finish(time: number): void {
    this.finished = time;
  }

  /** The columns have what the last event said, if any did. */
  #checkProc(slot: number): void {
    const { procs } = this.model;
    const [since, edge] = this.#procs.get(procs.id(slot)) ?? [];
    if (since !== undefined && (procs.since[slot] !== since || procs.sinceEdge[slot] !== edge))
      this.wrong.push(`P ${procs.id(slot)} has been so since ${procs.since[slot]}, not ${since}`);
  }

  #report(what: string, event: number): void {
    this.wrong.push(`goroutine ${this.#block.subject[event]} at ${this.#block.time[event]}: ${what}`);
  }
}

/** The goroutines that have not ended, those that were there at first, and the Ps, by the events alone. */
class Alive {
  readonly goroutines = new Set<number>();
  readonly atStart = new Set<number>();
  readonly procs = new Set<number>();
  readonly labels = new Map<number, string>();

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      const subject = block.subject[i] as number;
      const kind = CLASSES[block.kind[i] as number];
      if (kind === "proc") this.procs.add(subject);
      if (kind === "label")
        this.labels.set(subject, block.generation?.strings.text(block.name[i] as number) ?? "");
      if (kind !== "goroutine") continue;
      if (stateBefore(block, i) === GoState.Undetermined) this.atStart.add(subject);
      if (stateAfter(block, i) === GoState.NotExist) {
        this.goroutines.delete(subject);
        this.labels.delete(subject);
      } else this.goroutines.add(subject);
    }
  }
}

describe("the model's intervals begin and end as the events say", () => {
  test.each([...variedTraces(), ...goTests()])("$name", async ({ path }) => {
    const edges = new Edges();
    const alive = new Alive();
    await readFileBlocks(path, LIKE_GO, (block) => {
      alive.block(block);
      edges.model.block(block);
    });
    edges.model.finish();
    expect(edges.wrong.slice(0, 3)).toEqual([]);
    expect(new Set(edges.cuts.keys())).toEqual(alive.goroutines);
    expect(new Set(edges.procCuts.keys())).toEqual(alive.procs);
    expect(edges.labels).toEqual(alive.labels);
    expect(edges.cutAtStart).toEqual(alive.atStart);
    for (const times of [edges.cuts, edges.procCuts])
      for (const time of times.values()) expect(time).toBe(edges.finished);
  });
});
