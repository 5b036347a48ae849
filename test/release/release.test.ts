// @module-tag long

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { PLATFORMS } from "../../scripts/programs/node-binary.mjs";
import { check, haveGo } from "../support/go-checks.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WORKFLOW = join(ROOT, ".github/workflows/release.yml");
const { jobs } = parse(readFileSync(WORKFLOW, "utf8"));

interface Step {
  readonly run?: string;
}

test.runIf(haveGo)("the release and the page are workflows to actionlint", () => {
  expect(check("tool", "actionlint", WORKFLOW, join(ROOT, ".github/workflows/page.yml"))).toBe("");
});

test("actions of others are pinned to a commit, with its version", () => {
  const files = ["release.yml", "page.yml"].map((name) => join(".github/workflows", name));
  for (const file of [...files, "action.yml", "examples/github-actions/go-trace.yml"]) {
    const used = [...readFileSync(join(ROOT, file), "utf8").matchAll(/uses: (.+)/g)].map(([, name]) => name);
    const others = used.filter((name) => !/^(\.\/|your-organization\/)/.test(name ?? ""));
    expect(others.filter((name) => !/@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(name ?? ""))).toEqual([]);
  }
});

test.runIf(haveGo)("the Dockerfile is one to BuildKit, for an unprivileged user", () => {
  expect(check("run", ".", "dockerfile", join(ROOT, "Dockerfile"))).toMatch(/^USER 65532:65532$/);
});

test("the release builds the program of every platform", () => {
  const built = jobs.programs.strategy.matrix.include.map(({ platform }: { platform: string }) => platform);
  expect(built.sort()).toEqual([...PLATFORMS].sort());
});

test("the release runs scripts that there are", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const steps = (Object.values(jobs) as { steps?: Step[] }[]).flatMap((job) => job.steps ?? []);
  const called = steps.flatMap(({ run = "" }) =>
    [...run.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name),
  );
  expect(called).toContain("build:programs");
  expect(called.filter((name) => !(name !== undefined && name in scripts))).toEqual([]);
});
