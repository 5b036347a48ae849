import { quotedText } from "../../base/escape.js";
import { goroutineId, NONE } from "../../base/ids.js";
import { type EventBlock, exactMetric, stringOf } from "../../event/block.js";
import { EVENT_KINDS, EventKind, type EventKindInfo } from "../../event/kind.js";
import { GO_STATE_NAMES, PROC_STATE_NAMES } from "../../event/states.js";
import type { StackFrame } from "../../event/tables.js";

/**
 * One event as a line: time since the start in nanoseconds, thread, P and goroutine (− is none), the kind, and
 * `name=value` for what else it has. Texts are quoted as in JSON, so every event is one line.
 * @param start when the trace begins, if it is a part of another: the time is that of the whole
 */
export function eventText(block: EventBlock, i: number, start = 0): string {
  const kind = block.kind[i] as number;
  const info = EVENT_KINDS[kind] as EventKindInfo;
  const parts = [
    String((block.time[i] as number) + start),
    `m=${id(block.thread[i])}`,
    `p=${id(block.proc[i])}`,
    `g=${goroutine(block.goroutine[i])}`,
    info.name,
    ...subject(block, i, info),
    ...strings(block, i, info),
    ...values(block, i, info),
    ...stacks(block, i, info),
  ];
  if (kind === EventKind.Sync && block.generation?.clock !== undefined) {
    parts.push(`wall=${block.generation.clock.wall}`);
  }
  return parts.join(" ");
}

function id(value: number | undefined): string {
  if (value === undefined || value === NONE) return "-";
  return String(value);
}

/** A goroutine that is left out keeps its id, so it stays known who did something. */
function goroutine(value: number | undefined): string {
  return id(value === undefined ? value : goroutineId(value));
}

function subject(block: EventBlock, i: number, info: EventKindInfo): string[] {
  const isGoroutine = info.scope === "goroutine" || info.class === "goroutine";
  const value = isGoroutine ? goroutine(block.subject[i]) : id(block.subject[i]);
  switch (info.class) {
    case "goroutine":
      return [`goroutine=${value}`, `${state(block, i, info, GO_STATE_NAMES)}`];
    case "proc":
      return [`proc=${value}`, `${state(block, i, info, PROC_STATE_NAMES)}`];
    case "range-begin":
    case "range-active":
    case "range-end":
      return info.scope === "none" ? [] : [`${info.scope}=${value}`];
    case "task-begin":
    case "task-end":
    case "region-begin":
    case "region-end":
    case "log":
      return [`task=${value}`];
    case "experimental":
      return [`id=${value}`];
    default:
      return [];
  }
}

function state(block: EventBlock, i: number, info: EventKindInfo, names: readonly string[]): string {
  const from = info.from ?? (block.from[i] as number);
  const to = info.to ?? (block.to[i] as number);
  return `${names[from]}->${names[to]}`;
}

function strings(block: EventBlock, i: number, info: EventKindInfo): string[] {
  if (block.kind[i] === EventKind.GoSnapshot && block.name[i] === 0) return [];
  const columns = [block.name, block.text];
  return (info.strings ?? []).map((label, n) => {
    const text = stringOf(block, columns[n]?.[i] as number);
    return `${label}=${quotedText(text)}`;
  });
}

function values(block: EventBlock, i: number, info: EventKindInfo): string[] {
  if (info.class === "metric") return [`value=${exactMetric(block, i)}`];
  const columns = [block.value, block.value2];
  return (info.values ?? []).map((label, n) => `${label.replaceAll(" ", "_")}=${id(columns[n]?.[i])}`);
}

function stacks(block: EventBlock, i: number, info: EventKindInfo): string[] {
  if (info.stacks === undefined) return [];
  const own = stackText(block, "stack", block.stack[i] as number);
  return info.stacks === 2
    ? [...stackText(block, "new_stack", block.subjectStack[i] as number), ...own]
    : own;
}

function stackText(block: EventBlock, label: string, stack: number): string[] {
  if (stack === 0) return [];
  const frames = block.generation?.stacks.frames(stack) ?? [];
  return [`${label}=${quotedText(frames.map(frameText).join(" < "))}`];
}

function frameText({ func, file, line }: StackFrame): string {
  return `${func} (${file}:${line})`;
}
