/** An event as `go tool trace -d=parsed` prints it. */
export interface ParsedEvent {
  readonly thread: number;
  readonly proc: number;
  readonly goroutine: number;
  /** Go's name of the kind: `StateTransition`, `RangeBegin`, … */
  readonly kind: string;
  readonly time: number;
  /** The line behind the time. */
  readonly details: string;
  /** Where the code of the event was, as {@link stackKey} has it; empty for none. */
  readonly stack: string;
  /** Likewise, of the goroutine in transition. */
  readonly transitionStack: string;
}

/** A transition of a goroutine or a P. */
export interface Transition {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

const EVENT = /^M=(-?\d+) P=(-?\d+) G=(-?\d+) (\w+) Time=(-?\d+)(.*)$/;
const TRANSITION = /^ (GoID|ProcID)=(\d+) (\w+)->(\w+) Reason=(".*")$/;
const FRAME = /^\t(?!\t)(.*) @ 0x[0-9a-f]+$/;

/** A stack's frames, the innermost first, as one text to compare: function, file and line of each. */
export function stackKey(frames: readonly (readonly [func: string, place: string])[]): string {
  return frames.map(([func, place]) => `${func} ${place}\n`).join("");
}

/** Reads the official text, event by event. */
export function* parsedEvents(text: string): Generator<ParsedEvent> {
  const stacks = new Map<string, string>();
  const intern = (frames: string): string => {
    const known = stacks.get(frames);
    if (known === undefined) stacks.set(frames, frames);
    return known ?? frames;
  };
  const lines = lineReader(text);
  for (let line = lines.next(); line !== undefined; ) {
    const head = EVENT.exec(line);
    if (head === null) throw new Error(`no event: ${line}`);
    const found = { Stack: "", TransitionStack: "" };
    for (line = lines.next(); line !== undefined && !line.startsWith("M="); line = lines.next()) {
      if (line === "Stack=") found.Stack = intern(frames(lines));
      else if (line === "TransitionStack=") found.TransitionStack = intern(frames(lines));
    }
    const [, thread, proc, goroutine, kind = "", time, details = ""] = head;
    yield {
      thread: Number(thread),
      proc: Number(proc),
      goroutine: Number(goroutine),
      kind,
      time: Number(time),
      details,
      stack: found.Stack,
      transitionStack: found.TransitionStack,
    };
  }
}

/** What a StateTransition says. */
export function transitionOf({ details }: ParsedEvent): Transition & { readonly of: "GoID" | "ProcID" } {
  const match = TRANSITION.exec(details);
  if (match === null) throw new Error(`no transition: ${details}`);
  const [, of, id, from = "", to = "", reason = ""] = match;
  return { of: of as "GoID" | "ProcID", id: Number(id), from, to, reason: unquote(reason) };
}

/** The value of a field `NAME=…` that stands in quotes. */
export function quotedField({ details }: ParsedEvent, name: string): string {
  const match = new RegExp(` ${name}=("(?:[^"\\\\]|\\\\.)*")`).exec(details);
  if (match === null) throw new Error(`no ${name}: ${details}`);
  return unquote(match[1] as string);
}

/** The value of a field `NAME=…` that is a number. */
export function numberField({ details }: ParsedEvent, name: string): number {
  const match = new RegExp(` ${name}=(?:Value\\{Uint64\\()?(\\d+)`).exec(details);
  if (match === null) throw new Error(`no ${name}: ${details}`);
  return Number(match[1]);
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The text that Go's %q has put in quotes. */
export function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g, (_, x, u, U, char) =>
      char === undefined ? String.fromCodePoint(Number.parseInt(x ?? u ?? U, 16)) : (ESCAPES[char] ?? char),
    );
}

interface LineReader {
  next(): string | undefined;
  /** Puts the last line back. */
  back(): void;
}

function lineReader(text: string): LineReader {
  let at = 0;
  let last = 0;
  return {
    next: () => {
      if (at >= text.length) return undefined;
      const end = text.indexOf("\n", at);
      last = at;
      at = end < 0 ? text.length : end + 1;
      return text.slice(last, end < 0 ? text.length : end);
    },
    back: () => {
      at = last;
    },
  };
}

/** The frames of a stack, each on two lines. */
function frames(lines: LineReader): string {
  const found: [string, string][] = [];
  for (;;) {
    const line = lines.next();
    const frame = line === undefined ? null : FRAME.exec(line);
    if (frame === null) {
      if (line !== undefined) lines.back();
      return stackKey(found);
    }
    found.push([frame[1] as string, (lines.next() ?? "").trim()]);
  }
}
