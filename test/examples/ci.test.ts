// @module-tag long

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { emptyFolder, fixture, go2perfetto } from "../cli/command.js";
import { runAction } from "../support/action.js";
import { copyOf, exampleFile, runCommands } from "../support/examples.js";
import { check, haveGo } from "../support/go-checks.js";

const exampleAt = (path: string) => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

describe("examples/github-actions", () => {
  const workflow = parse(exampleFile("github-actions/go-trace.yml"));
  const steps: readonly Step[] = workflow.jobs.trace.steps;

  test.runIf(haveGo)("has a workflow to actionlint", () => {
    expect(check("tool", "actionlint", exampleAt("github-actions/go-trace.yml"))).toBe("");
  });

  test.runIf(haveGo)("has steps that trace a test run, and convert, summarize and check the trace", () => {
    const folder = join(copyOf("recording"), "go-test");
    writeFileSync(join(folder, "go.mod"), "module example.com/sum\n\ngo 1.25\n");
    const [trace, ours, ...others] = steps.filter(({ name }) => name !== undefined);
    expect(others.map(({ name }) => name)).toEqual(["Upload"]);
    runCommands(trace?.run ?? "", folder, workflow.jobs.trace.env);
    expect(ours?.uses).toBe("your-organization/go2perfetto@main");
    const { failed, summary } = runAction(ours?.with ?? {}, folder);
    expect(failed).toBe(false);
    expect(readdirSync(join(folder, "perfetto")).sort()).toEqual([
      ".go2perfetto",
      "index.html",
      "limits-1.xml",
      "report.json",
      "test.pftrace",
      "test.pprof",
      "test.report.html",
      "test.stats.json",
    ]);
    expect(summary).toMatch(
      /^# test\.out\n\n```\nok +sched\.p99 < 50ms [\s\S]*## Goroutines by start function\n\n\| function/,
    );
    const strict = { ...ours?.with, assert: ours?.with?.assert?.replace("50ms", "1ns") ?? "" };
    expect(runAction(strict, folder)).toMatchObject({ failed: true, outputs: { "exit-code": "4" } });
  });
});

describe("examples/kubernetes", () => {
  const job = parse(exampleFile("kubernetes/job.yaml"));
  const [container] = job.spec.template.spec.containers;

  test.runIf(haveGo)("is a job to Kubernetes' own types", () => {
    expect(check("run", ".", "job", exampleAt("kubernetes/job.yaml"))).toBe("Indexed 4");
  });

  test("converts every trace once, over all of its pods", () => {
    const [traces, converted] = [emptyFolder(), emptyFolder()];
    mkdirSync(join(traces, "deep"));
    const names = Array.from({ length: 10 }, (_each, i) => `${i % 2 === 0 ? "deep/" : ""}t${i}`);
    for (const name of names) copyFileSync(fixture("hello-go1.26.trace"), join(traces, `${name}.trace`));
    writeFileSync(join(traces, "cut.trace"), readFileSync(fixture("sync-go1.26.trace")).subarray(0, 40_000));
    const shards = container.env.find(({ name }: { name: string }) => name === "SHARDS").value;
    expect([job.spec.completions, job.spec.parallelism]).toEqual([Number(shards), Number(shards)]);
    const done: string[] = [];
    for (let index = 0; index < job.spec.completions; index++) {
      const env = {
        TRACES: traces,
        CONVERTED: converted,
        SHARDS: shards,
        JOB_COMPLETION_INDEX: String(index),
      };
      runCommands(container.args[0], traces, env);
      const report = JSON.parse(readFileSync(join(converted, `report-${index}.json`), "utf8"));
      done.push(...report.files.map(({ output }: { output: string }) => output));
    }
    expect(done.sort()).toEqual([...names, "cut"].map((name) => join(converted, `${name}.pftrace`)).sort());
    for (const path of done) expect(existsSync(path)).toBe(true);
    const single = go2perfetto([join(traces, "t1.trace"), "-o", "-"]).stdout;
    expect(readFileSync(join(converted, "t1.pftrace")).equals(single)).toBe(true);
  });

  test("a pod with a broken trace fails", () => {
    const traces = emptyFolder();
    writeFileSync(join(traces, "broken.trace"), "none");
    const env = { TRACES: traces, CONVERTED: emptyFolder(), SHARDS: "1", JOB_COMPLETION_INDEX: "0" };
    expect(() => runCommands(container.args[0], traces, env)).toThrow(/^exit code 1 of/);
  });
});
