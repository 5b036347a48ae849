import { TraceError } from "../../src/base/errors.js";
import type { Trace } from "../../src/order/trace.js";
import { SelectionError } from "../../src/select/selection-error.js";
import { crashMessage, type Finding } from "./findings.js";
import { cpuSeconds, LIMITS, memoryPeak, mostSeconds } from "./limits.js";
import type { Check } from "./outputs.js";
import { SharedTrace } from "./shared-trace.js";
import { openAsFile, type SharingTarget, TARGETS, type Target, targetsOf } from "./targets.js";

/** Tries after which something is slow, and not just interrupted by others. */
const TRIES = 3;
/** The target of a finding that may be due to any of those that were made together. */
export const TOGETHER = "any";

export interface ExamineOptions {
  /** Bytes that the process had before; without limit where absent. */
  readonly base?: number;
  /** Names of what is made. */
  readonly names?: readonly string[];
  /** Whether each target reads the input by itself, so that what a finding is due to is clear. */
  readonly apart?: boolean;
}

/** What was made for a target, or why it was not. */
interface Made {
  readonly target: Target;
  readonly check?: Check;
  readonly error?: unknown;
}

/** Makes things of an input, and checks them. */
export async function examine(bytes: Uint8Array, options: ExamineOptions = {}): Promise<Finding[]> {
  const { base = Number.POSITIVE_INFINITY, names = targetsOf(0), apart = false } = options;
  const findings: Finding[] = [];
  for (const targets of groupsOf(names, apart)) {
    const start = performance.now();
    const made = await makeAll(bytes, targets);
    if (performance.now() - start > mostSeconds(bytes.length) * 1000)
      for (const target of targets) findings.push(...(await slowness(bytes, target)));
    for (const each of made) findings.push(...(await checked(each)));
    const over = memoryPeak() - base;
    if (over <= LIMITS.memory) continue;
    const target = targets.length === 1 ? (targets[0] as Target).name : TOGETHER;
    return [...findings, { kind: "memory", target, message: `${Math.round(over / 2 ** 20)} MB` }];
  }
  return findings;
}

/** Those that are made together. */
function groupsOf(names: readonly string[], apart: boolean): Target[][] {
  const targets = TARGETS.filter(({ name }) => names.includes(name));
  if (apart) return targets.map((target) => [target]);
  const sharing = targets.filter(isSharing);
  const others = targets.filter((target) => !isSharing(target)).map((target) => [target]);
  return sharing.length === 0 ? others : [sharing, ...others];
}

function isSharing(target: Target): target is SharingTarget {
  return "use" in target;
}

async function makeAll(bytes: Uint8Array, targets: readonly Target[]): Promise<Made[]> {
  const [first] = targets;
  if (first !== undefined && !isSharing(first)) return [await made(first, () => first.make(bytes))];
  let trace: Trace;
  try {
    trace = await openAsFile(bytes);
  } catch (error) {
    return targets.slice(0, 1).map((target) => ({ target, error }));
  }
  const shared = new SharedTrace(trace, targets.length);
  return Promise.all(
    targets
      .filter(isSharing)
      .map((target) => made(target, () => target.use(shared).finally(() => shared.leave()))),
  );
}

async function made(target: Target, make: () => Promise<Check>): Promise<Made> {
  try {
    return { target, check: await make() };
  } catch (error) {
    return { target, error };
  }
}

async function checked({ target, check, error }: Made): Promise<Finding[]> {
  const { name, finds: kind = "invalid" as const } = target;
  if (check === undefined) return crashOf(name, error);
  try {
    const problems = await check();
    return problems.slice(0, 1).map((message) => ({ kind, target: name, message }));
  } catch (thrown) {
    return crashOf(name, thrown);
  }
}

function crashOf(target: string, error: unknown): Finding[] {
  return isExpected(error) ? [] : [{ kind: "crash", target, message: crashMessage(error) }];
}

/** Whether a target by itself takes more CPU time than it may. */
async function slowness(bytes: Uint8Array, target: Target): Promise<Finding[]> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES && least > mostSeconds(bytes.length); i++) {
    const start = cpuSeconds();
    await makeAll(bytes, [target]);
    least = Math.min(least, cpuSeconds() - start);
  }
  if (least <= mostSeconds(bytes.length)) return [];
  return [{ kind: "slow", target: target.name, message: `${least.toFixed(1)} s` }];
}

/** Whether an error is one that a damaged input may have. */
function isExpected(error: unknown): boolean {
  return error instanceof TraceError || error instanceof SelectionError;
}
