import { TraceBuilder, wireBytes, wireStack, wireString } from "./trace-builder.js";
import { V1TraceBuilder } from "./trace-v1-builder.js";

/** Names that try to be more than names, by whom they aim at. */
export const HOSTILE_NAMES: Readonly<Record<string, string>> = {
  terminal: "esc\u001b]0;owned\u0007\u001b[2J\u001b[31m",
  oldTerminal: "c1\u009b31m\u009d0;owned\u009c\u007f",
  page: '<script>alert("1")</script><img src=x onerror=alert(1)>&lt;',
  object: "__proto__",
  class: "constructor",
  lines: "a\nb\r\nc\u2028d\u2029e\u0085f",
  reader: "safe\u202egnp.exe\u202c\u2066x\u2069\u200f\u061c",
  end: "x\0y",
  markdown: "a|b [x](javascript:alert(1)) `c` **d**",
  xml: "]]> & \" ' \ufffe\uffff\u000b",
  sheet: "=cmd|' /C calc'!A0",
  path: "../../../../tmp/owned/\\..\\owned",
  empty: " ",
};

/** As long as a name can be: format 1 has texts up to a million bytes, format 2 up to 1,024. */
export const LONG_NAME = "long".repeat(249_999);

const THREAD = 7;
const RUNNING = 1;
const GO_RUNNING = 2;

/** A trace whose functions, files, tasks, regions, logs and reasons have those names. */
export function hostileTrace(names: readonly string[]): Uint8Array {
  const events = names.flatMap((_name, i) => {
    const id = i + 1;
    const goroutine = 100 + i;
    return [
      wireBytes("GoCreate", 10, goroutine, id, id),
      wireBytes("GoBlock", 10, id, id),
      wireBytes("GoStart", 10, goroutine, 1),
      wireBytes("GoLabel", 10, id),
      wireBytes("UserTaskBegin", 10, id, 0, id, id),
      wireBytes("UserRegionBegin", 10, id, id, id),
      wireBytes("UserLog", 10, id, id, id, id),
      wireBytes("STWBegin", 10, id, id),
      wireBytes("STWEnd", 10),
      wireBytes("UserRegionEnd", 10, id, id, id),
      wireBytes("UserTaskEnd", 10, id, id),
      wireBytes("GoUnblock", 10, 1, 2 * i + 1, id),
      wireBytes("GoDestroy", 10),
      wireBytes("GoStart", 10, 1, 2 * i + 2),
    ];
  });
  return new TraceBuilder()
    .frequency()
    .strings(...names.map((name, i) => wireString(i + 1, name)))
    .stacks(...names.map((_name, i) => wireStack(i + 1, [[i + 1, i + 1, i + 1, 1]])))
    .batch(
      THREAD,
      10,
      wireBytes("ProcStatus", 1, 0, RUNNING),
      wireBytes("GoStatus", 1, 1, THREAD, GO_RUNNING),
      ...events,
    )
    .bytes();
}

/** The same in format 1, for names of any length. */
export function hostileTraceV1(names: readonly string[]): Uint8Array {
  const trace = new V1TraceBuilder(21);
  trace.add(trace.batch(0, 0, 1000), trace.event("ProcStart", 1, 1));
  names.forEach((name, i) => {
    const id = i + 1;
    trace.add(
      trace.event("GoCreate", 10, 100 + i, id, id),
      trace.event("GoStartLocal", 10, 100 + i),
      trace.event("UserTaskCreate", 10, id, 0, id, id),
      trace.event("UserRegion", 10, id, 0, id, id),
      trace.log([10, id, id, id], name),
      trace.event("UserRegion", 10, id, 1, id, id),
      trace.event("UserTaskEnd", 10, id, id),
      trace.event("GoEnd", 10),
    );
  });
  trace.add(
    ...names.map((name, i) => trace.string(i + 1, name)),
    ...names.map((_name, i) => trace.stack(i + 1, [[i + 1, i + 1, i + 1, 1]])),
  );
  return trace.add(trace.frequency(1e9)).bytes();
}
