// @module-tag long

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { emptyFolder, filesIn, fixture } from "../cli/command.js";
import { runAction } from "../support/action.js";
import { check, haveGo } from "../support/go-checks.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A repository with the action and a workflow that uses it. */
function repository(inputs: string): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, ".github/workflows"), { recursive: true });
  copyFileSync(join(ROOT, "action.yml"), join(folder, "action.yml"));
  const workflow = join(folder, ".github/workflows/use.yml");
  const steps = `[{ uses: ./, id: go, with: { ${inputs} } }, { run: 'echo "$R"', env: { R: "\${{ steps.go.outputs.report }}" } }]`;
  writeFileSync(workflow, `on: push\njobs: { use: { runs-on: ubuntu-latest, steps: ${steps} } }\n`);
  return workflow;
}

describe("action.yml", () => {
  test.runIf(haveGo)("is an action to actionlint, with its inputs and outputs", () => {
    expect(check("tool", "actionlint", repository("traces: a.trace, assert: sched.p99 < 5ms"))).toBe("");
    expect(() => check("tool", "actionlint", repository("trace: a.trace"))).toThrow(
      /input "trace" is not defined/,
    );
  });

  test("converts traces, reports and summarizes", () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "my traces"));
    for (const name of ["one", "two"]) {
      copyFileSync(fixture("hello-go1.26.trace"), join(folder, `my traces/${name}.trace`));
    }
    const { outputs, summary, failed } = runAction({ traces: "my traces/one.trace\n\nmy traces/t*" }, folder);
    expect([failed, outputs]).toEqual([
      false,
      { out: "go2perfetto", report: "go2perfetto/report.json", "exit-code": "0" },
    ]);
    const { files } = JSON.parse(readFileSync(join(folder, outputs.report ?? ""), "utf8"));
    expect(files).toHaveLength(2);
    expect(filesIn(join(folder, "go2perfetto"))).toEqual(
      expect.arrayContaining(["one.report.html", "one.pftrace", "two.pprof", "two.stats.json"]),
    );
    expect(summary.match(/^# .*/gm)).toEqual(["# one.trace", "# two.trace"]);
    expect(summary).toMatch(/^## Goroutines by start function\n\n\| function/m);
  });

  test("fails if a limit is exceeded, with all figures", () => {
    const folder = emptyFolder();
    copyFileSync(fixture("hello-go1.26.trace"), join(folder, "a.trace"));
    const assert = "goroutines.count < 1\nsched.p99 < 1h\n";
    const { outputs, summary, said, failed } = runAction({ traces: "a.trace", assert, also: "" }, folder);
    expect([failed, outputs["exit-code"]]).toEqual([true, "4"]);
    expect(said).toContain("exit code 4 of");
    expect(summary).toMatch(/^exceeded {2}goroutines\.count < 1 .*\nok {8}sched\.p99 < 1h /m);
    expect(readFileSync(join(folder, "go2perfetto/limits-1.xml"), "utf8")).toContain('failures="1"');
  });

  test("warns of a trace that was cut, fails for one that is none, and leaves the summary alone if told so", () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "cut.trace"), readFileSync(fixture("sync-go1.26.trace")).subarray(0, 40_000));
    const cut = runAction({ traces: "cut.trace", also: "", summary: "false" }, folder);
    expect([cut.failed, cut.outputs["exit-code"], cut.summary]).toEqual([false, "3", ""]);
    expect(cut.said).toContain("::warning::a trace is not complete");
    writeFileSync(join(folder, "none.trace"), "none");
    const none = runAction({ traces: "none.trace", also: "" }, folder);
    expect([none.failed, none.outputs["exit-code"], none.summary]).toEqual([true, "1", ""]);
  });
});
