import { type EventBlock, exactMetric } from "../../src/event/block.js";
import type { Generation } from "../../src/event/generation.js";
import { EVENT_KINDS, type EventClass, type EventKindInfo } from "../../src/event/kind.js";
import { GO_STATE_NAMES, PROC_STATE_NAMES } from "../../src/event/states.js";
import type { StackFrame } from "../../src/event/tables.js";
import { stateAfter, stateBefore } from "./event-states.js";

/** Go's names of the classes of events. */
export const GO_KINDS: Readonly<Record<EventClass, string>> = {
  sync: "Sync",
  goroutine: "StateTransition",
  proc: "StateTransition",
  "range-begin": "RangeBegin",
  "range-active": "RangeActive",
  "range-end": "RangeEnd",
  metric: "Metric",
  label: "Label",
  "task-begin": "TaskBegin",
  "task-end": "TaskEnd",
  "region-begin": "RegionBegin",
  "region-end": "RegionEnd",
  log: "Log",
  sample: "StackSample",
  experimental: "Experimental",
};

/** Go's name of a kind of event. */
export function goKind(kind: number): string {
  return GO_KINDS[(EVENT_KINDS[kind] as EventKindInfo).class];
}

/** Arguments of experimental events that Go's table names otherwise than ours. */
const EXPERIMENTAL_ARGS: Readonly<Record<string, string>> = { npages: "npages_value" };

/** Kinds whose stack is that of the goroutine in transition, so that Go prints it twice. */
const OWN_STACK = new Set(["GoStop", "GoBlock", "GoSyscallBegin", "GoStatus", "GoSnapshot"]);
/** Kinds with a stack for the new goroutine, which Go prints even where it is "no stack". */
const NEW_STACK = new Set(["GoCreate", "GoCreateBlocked"]);

/** Prints events as `go tool trace -d=parsed` does. */
export class GoText {
  readonly #timeBase: number;
  #generation: Generation | undefined;

  /** @param timeBase what to add to the events' times */
  constructor(timeBase: number) {
    this.#timeBase = timeBase;
  }

  /** The text of each event of a block, with the line feed behind it. */
  *events(block: EventBlock): Generator<string> {
    for (let i = 0; i < block.length; i++) yield `${this.#event(block, i)}\n`;
  }

  #event(block: EventBlock, i: number): string {
    const info = EVENT_KINDS[block.kind[i] as number] as EventKindInfo;
    const context = `M=${block.thread[i]} P=${block.proc[i]} G=${block.goroutine[i]}`;
    const head = `${context} ${GO_KINDS[info.class]} Time=${this.#timeBase + (block.time[i] as number)}`;
    if (info.class === "sync") return head + this.#sync(block, i);
    const stack = info.stacks === undefined ? "" : stackText("Stack", block, block.stack[i] as number);
    return head + details(block, i, info) + stack;
  }

  /** A sync event tells the clocks of the generation that it begins; the last one begins none. */
  #sync(block: EventBlock, i: number): string {
    const clock = block.generation === this.#generation ? undefined : block.generation?.clock;
    this.#generation = block.generation;
    const n = ` N=${block.value[i]}`;
    if (clock === undefined) return n;
    return `${n} Trace=${clock.trace} Mono=${clock.mono} Wall=${rfc3339Nano(clock.wall)}`;
  }
}

function details(block: EventBlock, i: number, info: EventKindInfo): string {
  switch (info.class) {
    case "goroutine":
      return goroutineText(block, i, info);
    case "proc": {
      const states = transition(block, i, PROC_STATE_NAMES);
      return ` ProcID=${block.subject[i]} ${states} Reason=""`;
    }
    case "range-begin":
    case "range-active":
    case "range-end":
      return rangeText(block, i, info);
    case "metric":
      return ` Name="${info.label}" Value=${uint64(exactMetric(block, i))}`;
    case "label":
      return ` Label=${quote(nameOf(block, i))} Resource=Goroutine(${block.subject[i]})`;
    case "task-begin":
    case "task-end":
      return ` ID=${block.subject[i]} Parent=${taskId(block.value[i] as number)} Type=${quote(nameOf(block, i))}`;
    case "region-begin":
    case "region-end":
      return ` Task=${taskId(block.subject[i] as number)} Type=${quote(nameOf(block, i))}`;
    case "log": {
      const message = block.generation?.strings.text(block.text[i] as number) ?? "";
      const task = taskId(block.subject[i] as number);
      return ` Task=${task} Category=${quote(nameOf(block, i))} Message=${quote(message)}`;
    }
    case "sync":
    case "sample":
      return "";
    case "experimental":
      return ` Name=${info.name} Args=[${experimentalArgs(block, i, info)}]`;
  }
}

function goroutineText(block: EventBlock, i: number, info: EventKindInfo): string {
  // That of a goroutine which was woken is of the wait before.
  const isWoken = info.name === "GoSnapshot" && block.value[i] !== 0;
  const reason = info.strings === undefined || isWoken ? "" : nameOf(block, i);
  const text = ` GoID=${block.subject[i]} ${transition(block, i, GO_STATE_NAMES)} Reason=${quote(reason)}`;
  if (NEW_STACK.has(info.name)) {
    const frames = block.generation?.stacks.frames(block.subjectStack[i] as number) ?? [];
    return `${text}\nTransitionStack=\n${framesText(frames)}`;
  }
  return OWN_STACK.has(info.name)
    ? text + stackText("TransitionStack", block, block.stack[i] as number)
    : text;
}

function transition(block: EventBlock, i: number, names: readonly string[]): string {
  return `${names[stateBefore(block, i)]}->${names[stateAfter(block, i)]}`;
}

function rangeText(block: EventBlock, i: number, info: EventKindInfo): string {
  const name = info.strings === undefined ? info.label : `${info.label} (${nameOf(block, i)})`;
  const scopes = {
    none: "None",
    goroutine: `Goroutine(${block.subject[i]})`,
    proc: `Proc(${block.subject[i]})`,
  };
  const text = ` Name=${quote(name ?? "")} Scope=${scopes[info.scope ?? "none"]}`;
  if (info.class !== "range-end") return text;
  const attributes = info.scope === "proc" ? (info.values ?? []) : [];
  const values = [block.value[i], block.value2[i]];
  return `${text} Attributes=[${attributes.map((name, n) => `"${name}"=${uint64(values[n])}`).join(" ")}]`;
}

function experimentalArgs(block: EventBlock, i: number, info: EventKindInfo): string {
  const names = ["id", ...(info.values ?? [])];
  const values = [block.subject[i], block.value[i], block.value2[i]];
  return names.map((name, n) => `${EXPERIMENTAL_ARGS[name] ?? name}=${uint64(values[n])}`).join(", ");
}

function nameOf(block: EventBlock, i: number): string {
  return block.generation?.strings.text(block.name[i] as number) ?? "";
}

/** "No task" is the largest 64-bit number in Go. */
function taskId(id: number): string {
  return id === -1 ? "18446744073709551615" : String(id);
}

function uint64(value: number | bigint | undefined): string {
  return `Value{Uint64(${value})}`;
}

function stackText(title: string, block: EventBlock, stack: number): string {
  if (stack === 0) return "";
  return `\n${title}=\n${framesText(block.generation?.stacks.frames(stack) ?? [])}`;
}

const frameTexts = new WeakMap<StackFrame, string>();

function framesText(frames: readonly StackFrame[]): string {
  return frames.map(frameText).join("");
}

function frameText(frame: StackFrame): string {
  let text = frameTexts.get(frame);
  if (text === undefined) {
    text = `\t${frame.func} @ 0x${frame.pc.toString(16)}\n\t\t${frame.file}:${frame.line}\n`;
    frameTexts.set(frame, text);
  }
  return text;
}

/** A wall clock in UTC as Go's time.RFC3339Nano has it: no zeros at the end of the fraction. */
function rfc3339Nano(wall: bigint): string {
  const seconds = new Date(Number(wall / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = String(wall % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${seconds}${fraction && `.${fraction}`}Z`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** Text as Go's %q has it. */
export function quote(text: string): string {
  const quoted = text.replace(
    /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu,
    (char) => ESCAPES[char] ?? escaped(char),
  );
  return `"${quoted}"`;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) as number;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}
