import { type EventBlock, MAX_BLOCK } from "../../../src/event/block.js";
import { EVENT_KINDS, type EventKindInfo } from "../../../src/event/kind.js";
import { GO_STATE_NAMES, PROC_STATE_NAMES } from "../../../src/event/states.js";
import type { SchedListener } from "../../../src/sched/listener.js";
import { SchedModel } from "../../../src/sched/model.js";
import { Edge, SCHED_STATE_NAMES, SchedState } from "../../../src/sched/state.js";
import { stateAfter, stateBefore } from "../event-states.js";
import type { TrueEvent, TrueInterval, Truth } from "./truth.js";

/** What a trace's reader says, or the simulator knows, in lines that can be compared. */
export interface Account {
  readonly events: readonly string[];
  /** By goroutine, in the order in which they are first mentioned: a line each for itself and its intervals. */
  readonly lives: readonly string[];
  /** By P. */
  readonly procs: readonly string[];
}

/** The account that the simulator gives. @param withTimes whether times are certain */
export function trueAccount(truth: Truth, withTimes: boolean): Account {
  const at = (event: TrueEvent | undefined, otherwise: number): number => event?.time ?? otherwise;
  const lives = truth.lives.map(({ goroutine, creator, func, intervals }) => [
    lifeLine(goroutine, creator, func),
    ...intervals.map((interval) => {
      const times = [at(interval.begin, 0), at(interval.end, truth.end)] as const;
      return intervalLine(interval, interval.begin === undefined, withTimes ? times : undefined);
    }),
  ]);
  const procs = [...truth.procs].map(([id, toggles]) =>
    procLine(
      id,
      toggles.map(({ event, running }) => [running, event.time]),
      withTimes,
    ),
  );
  return { events: truth.events.map(eventLine), ...sorted(lives, procs, withTimes) };
}

/** Takes the blocks of a trace and gives the account of what the reader and the model make of it. */
export class Observer implements SchedListener {
  readonly model = new SchedModel(this);
  readonly #withTimes: boolean;
  readonly #events: string[] = [];
  readonly #lives: string[][] = [];
  /** By slot: the life under way. */
  readonly #life = new Map<number, string[]>();
  readonly #toggles = new Map<number, [boolean, number][]>();
  #block!: EventBlock;

  constructor(withTimes: boolean) {
    this.#withTimes = withTimes;
  }

  /** Takes a block from the reader. */
  take(block: EventBlock): void {
    if (block.length > MAX_BLOCK) throw new Error("a block is too long");
    for (let i = 0; i < block.length; i++) this.#events.push(eventLine(readEvent(block, i)));
    this.model.block(block);
  }

  account(): Account {
    this.model.finish();
    const procs = [...this.#toggles].map(([id, toggles]) => procLine(id, toggles, this.#withTimes));
    return { events: this.#events, ...sorted(this.#lives, procs, this.#withTimes) };
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  leave(slot: number, to: number, _time: number, event: number): void {
    if (this.model.goroutines.state[slot] !== SchedState.None)
      this.#interval(slot, this.#block.time[event] as number);
    if (to === SchedState.None) this.#endLife(slot);
  }

  enter(slot: number, from: number): void {
    if (from !== SchedState.None) return;
    const life: string[] = [""];
    this.#life.set(slot, life);
    this.#lives.push(life);
  }

  named(): void {}
  other(): void {}

  proc(slot: number, event: number): void {
    const id = this.model.procs.id(slot);
    const toggles = this.#toggles.get(id) ?? [];
    const isRunning = PROC_STATE_NAMES[stateAfter(this.#block, event)] === "Running";
    toggles.push([isRunning, this.#block.time[event] as number]);
    this.#toggles.set(id, toggles);
  }

  finish(time: number): void {
    this.model.goroutines.forEach((_, slot) => {
      this.#interval(slot, time);
      this.#endLife(slot);
    });
  }

  #interval(slot: number, end: number): void {
    const { goroutines, reasons } = this.model;
    const reason = goroutines.reason[slot] as number;
    const interval = {
      state: SCHED_STATE_NAMES[goroutines.state[slot] as number] ?? "?",
      reason: reason < 0 ? "" : reasons.text(reason),
      waker: goroutines.waker[slot] as number,
      proc: goroutines.proc[slot] as number,
      thread: goroutines.thread[slot] as number,
    };
    const isCut = goroutines.sinceEdge[slot] === Edge.Cut;
    const times = [goroutines.since[slot] as number, end] as const;
    this.#life.get(slot)?.push(intervalLine(interval, isCut, this.#withTimes ? times : undefined));
  }

  #endLife(slot: number): void {
    const { goroutines, functions } = this.model;
    const func = goroutines.func[slot] as number;
    const life = this.#life.get(slot);
    if (life === undefined) throw new Error(`slot ${slot} ends without having begun`);
    life[0] = lifeLine(
      goroutines.id[slot] as number,
      goroutines.creator[slot] as number,
      func < 0 ? "" : functions.text(func),
    );
    this.#life.delete(slot);
  }
}

/** Where clocks differ, goroutines may be mentioned in any order, too. */
function sorted(
  lives: readonly string[][],
  procs: readonly string[],
  withTimes: boolean,
): Omit<Account, "events"> {
  const ordered = withTimes ? lives : [...lives].sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return { lives: ordered.flat(), procs: [...procs].sort() };
}

function lifeLine(goroutine: number, creator: number, func: string): string {
  return `goroutine ${goroutine} ${func} by ${creator}`;
}

function intervalLine(
  { state, reason, waker, proc, thread }: Omit<TrueInterval, "state" | "begin" | "end"> & { state: string },
  isCut: boolean,
  times: readonly [number, number] | undefined,
): string {
  const when = times === undefined ? "" : ` ${times[0]} to ${times[1]}`;
  return `${state} "${reason}" waker ${waker} P ${proc} thread ${thread}${isCut ? " cut" : ""}${when}`;
}

function procLine(id: number, toggles: readonly [boolean, number][], withTimes: boolean): string {
  return `P ${id}: ${toggles.map(([on, time]) => (on ? "+" : "-") + (withTimes ? time : "")).join(" ")}`;
}

function readEvent(block: EventBlock, i: number): TrueEvent {
  const info = EVENT_KINDS[block.kind[i] as number] as EventKindInfo;
  const { generation } = block;
  const isGoroutine = info.class === "goroutine";
  const names = isGoroutine ? GO_STATE_NAMES : PROC_STATE_NAMES;
  const isOpen = info.from === undefined && (isGoroutine || info.class === "proc");
  const values = info.values?.length ?? 0;
  const strings = info.strings?.length ?? 0;
  const text = (index: number | undefined) => generation?.strings.text(index as number) ?? "?";
  const stack = (index: number | undefined) =>
    generation?.stacks
      .frames(index as number)
      .map(({ func, line }) => `${func}:${line}`)
      .join(" < ") ?? "?";
  const hasSubject = !["sync", "metric", "sample"].includes(info.class) && info.scope !== "none";
  return {
    kind: info.name,
    time: block.time[i] as number,
    thread: block.thread[i] as number,
    proc: block.proc[i] as number,
    goroutine: block.goroutine[i] as number,
    ...(hasSubject && { subject: block.subject[i] as number }),
    ...(isOpen && { from: names[stateBefore(block, i)] ?? "?", to: names[stateAfter(block, i)] ?? "?" }),
    ...(values > 0 && { value: block.value[i] as number }),
    ...(values > 1 && { value2: block.value2[i] as number }),
    ...(strings > 0 && { name: text(block.name[i]) }),
    ...(strings > 1 && { text: text(block.text[i]) }),
    ...(info.stacks !== undefined && { stack: stack(block.stack[i]) }),
    ...(info.stacks === 2 && { newStack: stack(block.subjectStack[i]) }),
  };
}

function eventLine(event: TrueEvent): string {
  const { kind, time, thread, proc, goroutine } = event;
  const context = `${time} ${kind} M${thread} P${proc} G${goroutine}`;
  const { subject = "", from = "", to = "", value = "", value2 = "" } = event;
  const about = `${subject} ${from}>${to} ${value} ${value2}`;
  const { name = "", text = "", stack = "", newStack = "" } = event;
  return `${context} ${about} "${name}" "${text}" [${stack}] [${newStack}]`;
}
