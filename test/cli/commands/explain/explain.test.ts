import { copyFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ExplainReport, FINDING_KINDS } from "../../../../src/analysis/explain/finding.js";
import { timeText } from "../../../../src/base/rounded.js";
import { documentedTypes, violations } from "../../../support/documented-types.js";
import { faultTrace } from "../../../support/planted-faults.js";
import { emptyFolder, fixture, go2perfetto } from "../../command.js";

const TRACE = fixture("sync-go1.26.trace");

function json(...args: string[]): ExplainReport {
  const { code, stdout, stderr } = go2perfetto(["explain", "--json", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout.toString()) as ExplainReport;
}

describe("explain", () => {
  test("gives JSON of the described version, from standard input too, the same every time", () => {
    const report = json(TRACE);
    expect(report.version).toBe(1);
    const seen = new Set<string>();
    expect(violations(documentedTypes("explain-schema.md"), "Report", report, "", seen)).toEqual([]);
    expect(seen).toContain("Worst.goroutine");
    expect(report.findings[0]).toMatchObject({
      kind: "lock-contention",
      place: { function: "main.mutexWorker", line: 26 },
    });
    const piped = go2perfetto(["explain", "--json", "-"], { input: readFileSync(TRACE) });
    expect(JSON.parse(piped.stdout.toString())).toEqual(report);
  });

  test("every kind has an entry in docs/explain.md, and the other way round", () => {
    const text = readFileSync(new URL("../../../../docs/explain.md", import.meta.url), "utf8");
    const entries = [...text.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind);
    expect(entries.sort()).toEqual([...FINDING_KINDS].sort());
  });

  test("prints text and Markdown with the name of the trace in its commands", () => {
    const text = go2perfetto(["explain", "--top", "1", TRACE]).stdout.toString();
    expect(text).toMatch(
      /^1\. lock-contention, 100\.0%\n {3}Up to 15 goroutines at once waited for a lock at main/,
    );
    expect(text).toContain(`$ go2perfetto pprof sync ${TRACE}`);
    expect(text).toContain("… and 2 more: --top 3");
    const markdown = go2perfetto(["explain", "--markdown", TRACE]).stdout.toString();
    expect(markdown).toMatch(/^## What held the program back\n\n### 1\. lock-contention/);
  });

  test("names a file in its commands for standard input, and says that it must be made", () => {
    const { stderr, stdout } = go2perfetto(["explain", "--top", "1", "-"], { input: readFileSync(TRACE) });
    expect(stdout.toString()).toContain("$ go2perfetto pprof sync trace.out\n");
    expect(stderr).toBe("The commands above read trace.out: save standard input there.\n");
  });

  test("says plainly that nothing was found", () => {
    const { code, stdout } = go2perfetto(["explain", fixture("hello-go1.26.trace")]);
    expect([code, stdout.toString()]).toEqual([0, "Nothing found: no finding passes its threshold.\n"]);
  });

  test("does not say below a critical path that nothing was found", () => {
    const { stdout } = go2perfetto([
      "explain",
      "--task",
      "makeCappuccino",
      fixture("annotations-go1.26.trace"),
    ]);
    expect(stdout.toString()).toMatch(
      /^Critical path(.|\n)*\n\nApart from this, no finding passes its threshold\.\n$/,
    );
  });

  test("of some goroutines, their waits only; of a window, times of the whole in the commands", () => {
    const some = json("--goroutine", "main.rwWriter", TRACE);
    expect(some.scope).toBe("selection");
    expect(some.findings.map(({ place }) => place?.function)).toEqual(["main.rwWriter"]);
    const [window] = json("--from", "20ms", TRACE).findings;
    const from = /--from ([\d.]+)ms/.exec(window?.next[0] ?? "")?.[1];
    expect(Number(from)).toBeGreaterThanOrEqual(20);
    expect(window?.worst?.time).toBeGreaterThan(Number(from) * 1e6);
    expect(window?.next.slice(1, 3)).toEqual([
      "go2perfetto pprof sync --from 20ms IN",
      "go2perfetto stats --goroutine 'main.mutexWorker' --from 20ms IN",
    ]);
  });

  test("a trace that is cut names the loss as its last finding, and exit code 3", () => {
    const path = join(emptyFolder(), "cut.trace");
    copyFileSync(TRACE, path);
    truncateSync(path, 40_000);
    const { code, stdout } = go2perfetto(["explain", "--json", path]);
    expect(code).toBe(3);
    const report = JSON.parse(stdout.toString()) as ExplainReport;
    expect(report.findings.at(-1)).toMatchObject({ kind: "trace", weight: 0 });
  });

  test.each([
    [["--json", "--markdown"], /cannot be used with/],
    [["--top", "0"], /whole number from 1/],
    [["--from", "2s", "--to", "1s"], /--from is not before --to/],
  ])("wrong usage: %j", (args, message) => {
    const { code, stderr, stdout } = go2perfetto(["explain", ...args, TRACE]);
    expect([code, stdout.length]).toEqual([2, 0]);
    expect(stderr).toMatch(message);
  });
});

describe("explain with --region, --task or --goroutine", () => {
  const ANNOTATIONS = fixture("annotations-go1.26.trace");

  test.each([
    ["--task", "makeCappuccino", "task", 6],
    ["--region", "mixMilkCoffee", "region", 6],
  ])("%s %s: the critical path, in JSON as described", (option, name, of, count) => {
    const { path } = json(option, name, ANNOTATIONS);
    const types = documentedTypes("explain-schema.md");
    expect(violations(types, "Path", path, "", new Set())).toEqual([]);
    expect([path?.of, path?.latency.count]).toEqual([of, count]);
    const sum = path?.slowest.parts.reduce((all, { time }) => all + time, 0);
    expect(sum).toBe(path?.slowest.duration);
    expect(path?.slowest.duration).toBe(path?.latency.max);
  });

  test("a part has the times of the whole trace, which --from takes", () => {
    // The same task in the whole trace, by the times of stats.
    const stats = JSON.parse(go2perfetto(["stats", "--json", ANNOTATIONS]).stdout.toString());
    const all: { readonly id: number; readonly begin: number; readonly end: number }[] = stats.tasks.top;
    const { id, begin, end } = all.find(({ begin }) => begin > 100_000) ?? { id: 0, begin: 0, end: 0 };
    const { path, start } = json("--task", String(id), ANNOTATIONS);
    expect([start, path?.slowest.id, path?.slowest.time, path?.slowest.duration]).toEqual([
      begin,
      id,
      begin,
      end - begin,
    ]);
    const again = json("--from", `${begin}ns`, "--to", `${end + 1}ns`, "--task", String(id), ANNOTATIONS);
    expect(again.path).toEqual(path);
    const text = go2perfetto(["explain", "--task", String(id), ANNOTATIONS]).stdout.toString();
    expect(text).toContain(`Critical path of the slowest task (${id}): at ${timeText(begin)} for `);
  });

  test("--goroutine: tables before the findings, as text and Markdown", () => {
    const args = ["--goroutine", "main.consumer", TRACE];
    const text = go2perfetto(["explain", ...args]).stdout.toString();
    expect(text).toMatch(
      /^Critical path of the slowest goroutine \(64\): at 0\.000317s for 5\.61 ms\n\n +time +share/,
    );
    // All take about as long.
    expect(text).not.toContain("What the slowest");
    const tasks = go2perfetto(["explain", "--task", "request", faultTrace("go1.26", "path", "planted")]);
    expect(tasks.stdout.toString()).toMatch(/What the slowest \d of 60 .* have more than the middle half/);
    const markdown = go2perfetto(["explain", "--markdown", ...args]).stdout.toString();
    expect(markdown).toContain("## Critical path of the slowest goroutine");
  });

  test("says if there is no such region, or if IN can be read only once", () => {
    const none = go2perfetto(["explain", "--region", "nothing", ANNOTATIONS]);
    expect([none.code, none.stderr]).toEqual([
      0,
      expect.stringContaining('no region "nothing" begins and ends'),
    ]);
    const input = readFileSync(ANNOTATIONS);
    const piped = go2perfetto(["explain", "--region", "mixMilkCoffee", "-"], { input });
    expect([piped.code, piped.stderr]).toEqual([0, expect.stringContaining("can be read only once")]);
  });
});
