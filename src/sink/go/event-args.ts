import { type ArgType, WIRE_EVENTS, type WireArg, type WireEvent, wireType } from "../../wire/v2/spec.js";

/** Where an argument of a wire event comes from: mostly a column of the ordered event. */
export const ArgSource = {
  Subject: 0,
  Name: 1,
  Text: 2,
  Stack: 3,
  NewStack: 4,
  Value: 5,
  Value2: 6,
  /** The sequence number of a goroutine, P or GC cycle. */
  Sequence: 7,
  /** The thread of the status of a goroutine. */
  Thread: 8,
  /** The status of a goroutine or P. */
  Status: 9,
} as const;
export type ArgSource = (typeof ArgSource)[keyof typeof ArgSource];

const S = ArgSource;
const NUMBERS: readonly ArgSource[] = [S.Value, S.Value2];

/** The sources of the columns that several arguments of a type have, in their order. */
const BY_TYPE: Readonly<Record<ArgType, readonly ArgSource[]>> = {
  gen: [],
  seq: [S.Sequence],
  pstatus: [S.Status],
  gstatus: [S.Status],
  g: [S.Subject],
  m: [S.Value],
  p: [S.Subject],
  string: [S.Name, S.Text],
  stack: [S.Stack],
  value: NUMBERS,
  task: [S.Subject, S.Value],
};

/** By type byte: the {@link ArgSource} of each argument of a timed event. */
export const ARG_SOURCES: readonly Uint8Array[] = (() => {
  const sources: Uint8Array[] = new Array(256).fill(new Uint8Array(0));
  for (const event of WIRE_EVENTS) if (event.timed) sources[event.type] = sourcesOf(event);
  return sources;
})();

function sourcesOf({ args, experiment }: WireEvent): Uint8Array {
  const used = new Map<ArgType, number>();
  return Uint8Array.from(args, (arg) => {
    if (arg.name === "new_stack") return S.NewStack;
    if (experiment !== undefined && arg.name === "id") return S.Subject;
    if (arg.type === "m" && args.some(({ type }) => type === "gstatus")) return S.Thread;
    return nextSource(arg, used);
  });
}

function nextSource({ name, type }: WireArg, used: Map<ArgType, number>): ArgSource {
  const n = used.get(type) ?? 0;
  used.set(type, n + 1);
  const source = BY_TYPE[type][n];
  if (source === undefined) throw new Error(`no column for the argument ${name}`);
  return source;
}

/** By kind: the type byte of its wire event. Some kinds have another one besides. */
export const WIRE_TYPES: Uint8Array = (() => {
  const types = new Uint8Array(256);
  for (const { kind, type } of [...WIRE_EVENTS].reverse()) if (kind !== undefined) types[kind] = type;
  return types;
})();

/** By type byte: the N of the first format `go 1.N` that has it. */
export const SINCE: Uint8Array = (() => {
  const since = new Uint8Array(256);
  for (const event of WIRE_EVENTS) since[event.type] = event.since;
  return since;
})();

export const GO_STATUS_STACK = wireType("GoStatusStack");
export const GO_SWITCH = wireType("GoSwitch");
export const GO_SWITCH_DESTROY = wireType("GoSwitchDestroy");
