import { describe, expect, test } from "vitest";
import { type Analysis, analyze } from "../../../src/analysis/analysis.js";
import { KIND_NAMES, type ProfileKind } from "../../../src/analysis/profile/kinds.js";
import { difference, type Profile, type SampleLabels } from "../../../src/analysis/profile/profile.js";
import { Profiles, type ProfilesOptions } from "../../../src/analysis/profile/profiles.js";
import { openTraceFile } from "../../../src/node.js";
import { validTrace } from "../../support/corpus.js";
import { oneReplacement } from "../../support/official-quirks.js";
import { type OracleSummary, oracleSummary } from "../../support/oracle.js";

const SYNC = "sync-go1.26";
const ANNOTATIONS = "annotations-go1.26";
const SAMPLES = "cpusamples-go1.26";

async function profilesOf(
  name: string,
  options: Omit<ProfilesOptions, "kinds"> = {},
  beside: readonly Analysis[] = [],
): Promise<Profiles> {
  const profiles = new Profiles({ kinds: KIND_NAMES, ...options });
  await analyze(await openTraceFile(validTrace(name).path), [profiles, ...beside]);
  return profiles;
}

function summaryOf(name: string): OracleSummary {
  const summary = oracleSummary(validTrace(name));
  if (summary === undefined) throw new Error(`no summary of ${name}`);
  return summary;
}

/** Number of transitions by Go's reader. */
function transitionsOf(name: string, pattern: RegExp): number {
  const matching = Object.entries(summaryOf(name).transitions).filter(([key]) => pattern.test(key));
  return matching.reduce((sum, [, count]) => sum + count, 0);
}

/** Sums of a value by a label. */
function sumsBy(label: keyof SampleLabels, { samples }: Profile, value: number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { labels, values } of samples)
    sums[labels[label]] = (sums[labels[label]] ?? 0) + (values[value] ?? 0);
  return sums;
}

function total({ samples }: Profile, value: number): number {
  return samples.reduce((sum, { values }) => sum + (values[value] ?? 0), 0);
}

/** Sums by stack and labels, without zeros. */
function rows({ samples }: Profile): Record<string, readonly number[]> {
  const entries = samples.map(
    ({ stack, labels, values }) =>
      [JSON.stringify([labels, stack.map(({ pc }) => String(pc))]), values] as const,
  );
  return Object.fromEntries(entries);
}

describe("beside the official kinds", () => {
  /** Functions whose goroutines are created and end within the trace. */
  const WHOLE = ["main.mutexWorker", "main.producer", "main.consumer", "main.selector", "main.condWaiter"];

  test("running has the execution times of Go's summary", async () => {
    const { byName } = summaryOf(SYNC);
    const running = sumsBy("goroutine", (await profilesOf(SYNC)).profile("running"), 1);
    for (const name of WHOLE) expect([name, running[name]]).toEqual([name, byName[name]?.Exec]);
  });

  test("wait has the block times of Go's summary, by reason", async () => {
    const { byName } = summaryOf(SYNC);
    const wait = (await profilesOf(SYNC)).profile("wait");
    for (const name of WHOLE) {
      const samples = wait.samples.filter(({ labels }) => labels.goroutine === name);
      expect(sumsBy("reason", { ...wait, samples }, 1)).toEqual(byName[name]?.Block);
    }
  });

  test("running counts intervals, not the parts that regions make of them", async () => {
    // One still runs at the end; its time up to its last region counts.
    const expected = transitionsOf(ANNOTATIONS, /^G (?!Running).*->Running/);
    expect(transitionsOf(ANNOTATIONS, /^G Running->(?!Running)/)).toBe(expected - 1);
    expect(expected).toBeGreaterThan(10);
    expect(total((await profilesOf(ANNOTATIONS)).profile("running"), 0)).toBe(expected);
  });

  test("cpu has every CPU sample, with its goroutine", async () => {
    const { kinds } = summaryOf(SAMPLES);
    const cpu = (await profilesOf(SAMPLES)).profile("cpu");
    expect(total(cpu, 0)).toBe(kinds.StackSample);
    expect(Object.keys(sumsBy("goroutine", cpu, 0)).length).toBeGreaterThan(1);
  });

  test("whole intervals from creation on are those of Go's reader", async () => {
    const sched = (await profilesOf(SYNC, { fromCreation: true })).profile("sched");
    expect(total(sched, 0)).toBe(transitionsOf(SYNC, /^G Runnable->Running/));
    // 97.1 ms; `pprof sched` has 67.6 ms.
    expect(Math.round(total(sched, 1) / 1e5)).toBe(971);
  });

  test("can be limited to reasons", async () => {
    const profiles = await profilesOf(SYNC);
    const reasons = sumsBy("reason", profiles.profile("wait", /^chan (send|receive)$/), 0);
    expect(Object.keys(reasons).sort()).toEqual(["chan receive", "chan send"]);
    expect(reasons["chan send"]).toBe(sumsBy("reason", profiles.profile("sync"), 0)["chan send"]);
  });
});

test("goroutines are chosen by id and by start function", async () => {
  const list = summaryOf(SYNC).goroutineList.filter(({ Name }) => Name === "main.mutexWorker");
  const workers = await profilesOf(SYNC, { goroutine: (_id, func) => func === "main.mutexWorker" });
  expect(workers.goroutines).toBe(list.length);
  const one = await profilesOf(SYNC, { goroutine: (id) => id === list[0]?.ID });
  expect(one.goroutines).toBe(1);
  expect(sumsBy("reason", one.profile("wait"), 1)).toEqual(list[0]?.Block);
});

describe("labels of regions and tasks", () => {
  test("are on samples within them", async () => {
    const profiles = await profilesOf(ANNOTATIONS);
    const regions = KIND_NAMES.flatMap((kind) => Object.keys(sumsBy("region", profiles.profile(kind), 1)));
    const names = summaryOf(ANNOTATIONS).regions?.map(({ Name }) => Name);
    expect(new Set(regions)).toContain("inner");
    for (const region of regions)
      if (region !== "") expect(oneReplacement(names)).toContain(oneReplacement(region));
    expect(Object.keys(sumsBy("task", profiles.profile("running"), 1)).length).toBeGreaterThan(1);
  });
});

describe("windows", () => {
  const parts: readonly ProfileKind[] = ["net", "sync", "syscall", "sched", "wait", "running"];

  test("cut intervals: those of neighbouring windows add up to the whole", async () => {
    const whole = await profilesOf(SYNC);
    const middle = 21_234_567;
    const [before, after] = [
      await profilesOf(SYNC, { to: middle }),
      await profilesOf(SYNC, { from: middle }),
    ];
    for (const kind of parts) {
      const sum = total(before.profile(kind), 1) + total(after.profile(kind), 1);
      expect([kind, sum]).toEqual([kind, total(whole.profile(kind), 1)]);
    }
    expect(total(before.profile("sync"), 1)).toBeGreaterThan(0);
    expect(total(before.profile("sync"), 0) + total(after.profile("sync"), 0)).toBeGreaterThan(
      total(whole.profile("sync"), 0),
    );
    expect(before.profile("sync").duration).toBe(middle);
  });

  test("CPU samples of neighbouring windows too", async () => {
    const middle = 50_000_000;
    const counts = [{ to: middle }, { from: middle }, {}].map(async (window) =>
      total((await profilesOf(SAMPLES, window)).profile("cpu"), 0),
    );
    const [before = 0, after = 0, whole] = await Promise.all(counts);
    expect(Math.min(before, after)).toBeGreaterThan(0);
    expect(before + after).toBe(whole);
  });
});

describe("a difference", () => {
  test("of a profile and itself is nothing", async () => {
    const profile = (await profilesOf(SYNC)).profile("wait");
    expect(difference(profile, profile).samples).toEqual([]);
  });

  test("has what the base lacks, minus what only the base has", async () => {
    const [first, whole] = [
      (await profilesOf(SYNC, { to: 20e6 })).profile("wait"),
      (await profilesOf(SYNC)).profile("wait"),
    ];
    const more = difference(whole, first);
    expect(total(more, 1)).toBe(total(whole, 1) - total(first, 1));
    const less = rows(difference(first, whole));
    for (const [key, values] of Object.entries(rows(more)))
      expect(less[key]).toEqual(values.map((value) => 0 - value));
  });
});

test("one pass gives what a pass for each kind gives, beside other analyses", async () => {
  const all = await profilesOf(SYNC, {}, [{}]);
  for (const kind of KIND_NAMES) {
    const alone = new Profiles({ kinds: [kind] });
    await analyze(await openTraceFile(validTrace(SYNC).path), [alone]);
    expect(rows(alone.profile(kind))).toEqual(rows(all.profile(kind)));
  }
});
