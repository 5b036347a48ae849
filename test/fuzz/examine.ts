import { crashMessage, type Finding } from "./findings.js";
import { cpuSeconds, LIMITS, memoryPeak, mostSeconds } from "./limits.js";
import { isExpected, TARGETS, type Target, targetsOf } from "./targets.js";

/** Tries after which something is slow, and not just interrupted by others. */
const TRIES = 3;

/**
 * Makes things of an input, and checks them.
 * @param base bytes that the process had before
 * @param names of what is made
 */
export async function examine(
  bytes: Uint8Array,
  base: number,
  names: readonly string[] = targetsOf(0),
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const target of TARGETS.filter(({ name }) => names.includes(name))) {
    findings.push(...(await examineOne(bytes, target)));
    const over = memoryPeak() - base;
    if (over <= LIMITS.memory) continue;
    findings.push({ kind: "memory", target: target.name, message: `${Math.round(over / 2 ** 20)} MB` });
    break;
  }
  return findings;
}

async function examineOne(bytes: Uint8Array, target: Target): Promise<Finding[]> {
  const { name, make, finds } = target;
  try {
    const start = cpuSeconds();
    const check = await make(bytes);
    const seconds = cpuSeconds() - start;
    const slow = seconds > mostSeconds(bytes.length) ? await slowness(bytes, target, seconds) : undefined;
    const problems = await check();
    const kind = finds ?? "invalid";
    return [
      ...(slow === undefined ? [] : [slow]),
      ...problems.slice(0, 1).map((message): Finding => ({ kind, target: name, message })),
    ];
  } catch (error) {
    return isExpected(error) ? [] : [{ kind: "crash", target: name, message: crashMessage(error) }];
  }
}

async function slowness(
  bytes: Uint8Array,
  { name, make }: Target,
  first: number,
): Promise<Finding | undefined> {
  let least = first;
  for (let i = 1; i < TRIES; i++) {
    const start = cpuSeconds();
    await make(bytes);
    least = Math.min(least, cpuSeconds() - start);
  }
  if (least <= mostSeconds(bytes.length)) return undefined;
  return { kind: "slow", target: name, message: `${least.toFixed(1)} s` };
}
