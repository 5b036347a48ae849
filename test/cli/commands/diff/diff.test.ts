import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ExplainReport } from "../../../../src/analysis/explain/finding.js";
import type { FigureChange } from "../../../../src/figures/changes.js";
import type { FindingChange } from "../../../../src/figures/finding-changes.js";
import type { StackChange } from "../../../../src/figures/stack-changes.js";
import { faultTrace } from "../../../support/planted-faults.js";
import { readPprof } from "../../../support/pprof-reader.js";
import { fixture, go2perfetto } from "../../command.js";

const A = fixture("annotations-go1.26.trace");
const B = fixture("sync-go1.26.trace");

const PLANTED = faultTrace("go1.26", "lock-contention", "planted");
const MENDED = faultTrace("go1.26", "lock-contention", "mended");

interface DiffJson {
  readonly findings: readonly FindingChange[];
  readonly a: { readonly name: string; readonly events: number };
  readonly figures: readonly (FigureChange & { readonly figure: string })[];
  readonly stacks: readonly StackChange[];
}

function json(...args: string[]): DiffJson {
  const { code, stdout, stderr } = go2perfetto(["diff", "--json", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout.toString()) as DiffJson;
}

describe("diff", () => {
  test("has the figures of both traces, and what changed from A to B", () => {
    const { figures } = json(A, B);
    const statsOf = (path: string) => JSON.parse(go2perfetto(["stats", "--json", path]).stdout.toString());
    const [a, b] = [statsOf(A), statsOf(B)];
    const row = (name: string) => figures.find(({ figure }) => figure === name);
    expect(row("sched.p99")).toMatchObject({ quantity: "duration", a: a.sched.p99, b: b.sched.p99 });
    expect(row("goroutines.count")).toMatchObject({ a: a.goroutines.count, b: b.goroutines.count });
    const exec = b.goroutines.byFunction.find(
      (each: { function: string }) => each.function === "main.rwWriter",
    );
    expect(row('function["main.rwWriter"].exec')).toMatchObject({
      a: 0,
      b: exec.times.exec,
      change: exec.times.exec,
    });
    expect(row('function["main.rwWriter"].exec')).not.toHaveProperty("relative");
    for (const { a, b, change, relative } of figures) {
      expect(change).toBe(b - a);
      if (relative !== undefined) expect(relative).toBeCloseTo(b / a - 1, 9);
    }
  });

  test("shows which findings came and went, like explain on each trace", () => {
    const explained = (path: string) =>
      JSON.parse(go2perfetto(["explain", "--json", path]).stdout.toString()) as ExplainReport;
    const [a, b] = [explained(PLANTED), explained(MENDED)];
    const { findings } = json(PLANTED, MENDED);
    const sentences = (side: "a" | "b") => findings.flatMap((row) => row[side]?.sentence ?? []).sort();
    const page = go2perfetto(["diff", PLANTED, MENDED, "--html", "-"]).stdout.toString();
    for (const sentence of sentences("a")) expect(page.split(`<td>${sentence}</td>`)).toHaveLength(2);
    expect(sentences("a")).toEqual(a.findings.map(({ sentence }) => sentence).sort());
    expect(sentences("b")).toEqual(b.findings.map(({ sentence }) => sentence).sort());
    const [gone] = findings.filter((row) => row.b === undefined);
    expect(gone).toMatchObject({ kind: "lock-contention", change: -(gone?.a?.weight ?? 0) });
    const text = go2perfetto(["diff", "--markdown", PLANTED, MENDED]).stdout.toString();
    expect(text).toMatch(/## Findings\n[\s\S]*\| gone \| lock-contention \| 100\.0% \| - \|/);
    const [came] = json(MENDED, PLANTED).findings;
    expect([came?.kind, came?.a, came?.b]).toEqual(["lock-contention", undefined, gone?.a]);
  });

  test("has the largest change first, in each quantity", { tags: ["long"] }, () => {
    const { figures, stacks } = json(A, B);
    for (const quantity of ["duration", "count", "bytes", "share"]) {
      const sizes = figures
        .filter((each) => each.quantity === quantity)
        .map(({ change }) => Math.abs(change));
      expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
    }
    const sizes = stacks.map(({ change }) => Math.abs(change));
    expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
  });

  test("the other way round changes every sign, and nothing else", { tags: ["long"] }, () => {
    const key = (change: number, name: string, a: number, b: number) =>
      JSON.stringify([name, a, b, change || 0]);
    const there = json(A, B);
    const back = json(B, A);
    expect(there.figures.map(({ figure, a, b, change }) => key(change, figure, a, b)).sort()).toEqual(
      back.figures.map(({ figure, a, b, change }) => key(-change, figure, b, a)).sort(),
    );
    const stackOf = ({ kind, reason, stack }: StackChange) => [kind, reason, ...stack].join();
    expect(there.stacks.map((row) => key(row.change, stackOf(row), row.a, row.b)).sort()).toEqual(
      back.stacks.map((row) => key(-row.change, stackOf(row), row.b, row.a)).sort(),
    );
  });

  test.each(["sched", "syscall"])(
    "by stack it has what go tool trace says: %s",
    { tags: ["long"] },
    (kind) => {
      const { stacks } = json(A, B);
      const profile = readPprof(readFileSync(fixture(`oracle/sync-go1.26/${kind}.pb`)));
      const official = profile.sample.map(({ value }) => value.map(Number));
      const ours = stacks.filter((row) => row.kind === kind);
      const sum = (values: readonly (number | undefined)[]) =>
        values.reduce((total: number, value = 0) => total + value, 0);
      expect(sum(ours.map(({ b }) => b))).toBe(sum(official.map(([, time]) => time)));
      expect(sum(ours.map(({ count }) => count.b))).toBe(sum(official.map(([count]) => count)));
      expect(ours.length).toBeGreaterThan(0);
    },
  );

  test("prints the same tables every time; of a trace and itself, only what they are", {
    tags: ["long"],
  }, () => {
    const print = (...args: string[]) => go2perfetto(["diff", ...args]).stdout.toString();
    expect(print(A, B)).toBe(print(A, B));
    expect(print(A, B)).toMatch(/^wait +sync +sync\.\(\*Mutex\)\.Lock < main\.mutexWorker .* new$/m);
    expect(print(A, A).match(/^[A-Z][\w ]+(?=\n\n)/gm)).toEqual(["Traces"]);
    expect(go2perfetto(["diff", A, A]).stderr).toBe(
      "The traces are alike: no figure and no stack differs.\n",
    );
    expect(go2perfetto(["diff", A, B]).stderr).toBe("");
    const markdown = print("--markdown", "--top", "3", A, B);
    expect(markdown).toMatch(/^## By stack\n\n\| profile \| reason \|/m);
    expect(markdown.split("## By stack")[1]?.match(/^\| (?!profile|---)/gm)).toHaveLength(3);
  });

  test("what one of the traces lost is said, with exit code 3", { tags: ["long"] }, () => {
    const input = readFileSync(B).subarray(0, 40_000);
    const { code, stderr, stdout } = go2perfetto(["diff", A, "-"], { input });
    expect([code, stderr]).toEqual([3, expect.stringContaining("standard input is incomplete")]);
    expect(stdout.toString()).toMatch(/^B +standard input .* no$/m);
  });

  test.each([
    [["-", "-"], /A and B cannot both be standard input/],
    [[A], /missing required argument 'B'/],
    [["--json", "--markdown", A, B], /cannot be used with/],
  ])("wrong usage: %j", (args, message) => {
    const { code, stderr } = go2perfetto(["diff", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
