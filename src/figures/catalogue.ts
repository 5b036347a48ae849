import { FINDING_KINDS } from "../analysis/explain/finding.js";
import { PATH_PARTS } from "./explain-figures.js";

/** What a figure measures: nanoseconds, a number, bytes, or a share from 0 to 1. */
export const QUANTITIES = ["duration", "count", "bytes", "share"] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** Figures by name; those of a group are below the group's name. */
interface Group {
  readonly [name: string]: Quantity | Group;
}

/** Stands for any name in the trace, such as a function, a reason or a type of task. */
const ANY = "*";

const SPREAD: Group = {
  count: "count",
  total: "duration",
  min: "duration",
  p50: "duration",
  p90: "duration",
  p99: "duration",
  p999: "duration",
  max: "duration",
};
const TIMES: Group = {
  count: "count",
  total: "duration",
  exec: "duration",
  schedWait: "duration",
  block: "duration",
};
const SYSCALLS: Group = { syscall: "duration", syscallBlocked: "duration" };
const RANGES: Group = { ...SPREAD, cut: "count" };
const PATH_TIMES: Group = Object.fromEntries(PATH_PARTS.map((name) => [name, "duration"]));
const PATHS: Group = { max: PATH_TIMES, p99: PATH_TIMES, middle: PATH_TIMES };
const STATE_NAMES = ["runnable", "running", "waiting", "syscall", "syscallBlocked"];

/** All figures; docs/figures.md describes them. */
const CATALOGUE: Group = {
  trace: { duration: "duration", events: "count", threads: "count" },
  goroutines: { ...TIMES, ...SYSCALLS },
  function: {
    [ANY]: { ...TIMES, ...SYSCALLS, states: Object.fromEntries(STATE_NAMES.map((name) => [name, SPREAD])) },
  },
  block: { [ANY]: SPREAD },
  sched: SPREAD,
  tasks: { count: "count", complete: "count" },
  task: {
    [ANY]: {
      count: "count",
      complete: "count",
      goroutines: "count",
      logs: "count",
      regions: "count",
      latency: SPREAD,
      path: PATHS,
    },
  },
  regions: { count: "count" },
  region: { [ANY]: { count: "count", complete: "count", latency: SPREAD, path: PATHS } },
  gc: {
    cycles: RANGES,
    stw: { ...RANGES, [ANY]: RANGES },
    assists: RANGES,
    assistShare: "share",
    sweeps: { ...RANGES, bytesSwept: "bytes", bytesReclaimed: "bytes" },
  },
  procs: {
    count: "count",
    total: "duration",
    busy: "duration",
    gc: "duration",
    syscall: "duration",
    scheduling: "duration",
    idle: "duration",
    busyShare: "share",
    gcShare: "share",
    syscallShare: "share",
    schedulingShare: "share",
    idleShare: "share",
  },
  mmu: { [ANY]: "share" },
  findings: { count: "count" },
  finding: Object.fromEntries(FINDING_KINDS.map((kind) => [kind, { count: "count", weight: "share" }])),
  contention: { count: "count", total: "duration", max: "duration", most: "count" },
  load: { saturated: "duration", queued: "duration", unused: "duration", saturatedShare: "share" },
  stw: { delay: { count: "count", total: "duration", max: "duration" } },
  syscalls: { count: "count", total: "duration", max: "duration", long: "duration", lostProc: "count" },
};

/** What a figure measures; undefined if it does not exist. Any name stands for `*`. */
export function quantityOf(path: FigurePath): Quantity | undefined {
  let at: Quantity | Group | undefined = CATALOGUE;
  for (const name of path) {
    if (at === undefined || typeof at === "string") return undefined;
    at = Object.hasOwn(at, name) ? at[name] : at[ANY];
  }
  return typeof at === "string" ? at : undefined;
}

/** The paths of all figures, with `"*"` for names in the trace. */
export function figureNames(): string[] {
  const names: string[] = [];
  const visit = (group: Group, path: FigurePath) => {
    for (const [name, below] of Object.entries(group)) {
      if (typeof below === "string") names.push(pathText([...path, name]));
      else visit(below, [...path, name]);
    }
  };
  visit(CATALOGUE, []);
  return names;
}

/** The path of a figure, such as `block["chan receive"].p99`, name by name. */
export type FigurePath = readonly string[];

/** A name that can follow a dot. */
const PLAIN = /^[A-Za-z_]\w*$/;

/** A path in the syntax of limits. */
export function pathText(path: FigurePath): string {
  const text = path.map((name) => (PLAIN.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join("");
  return text.replace(/^\./, "");
}
