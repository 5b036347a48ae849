import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KIND_NAMES, kindInfo } from "../../../src/analysis/profile/kinds.js";
import { goSourceWith } from "../../support/go-tool.js";

/** All reasons of waiting since Go 1.22, with the profile besides `wait` that each belongs to. */
const REASONS: Readonly<Record<string, string | undefined>> = {
  unspecified: undefined,
  forever: undefined,
  network: "net",
  select: "sync",
  "sync.(*Cond).Wait": "sync",
  sync: "sync",
  "chan send": "sync",
  "chan receive": "sync",
  "GC mark assist wait for work": undefined,
  "GC background sweeper wait": undefined,
  "system goroutine wait": undefined,
  preempted: undefined,
  "wait for debug call": undefined,
  "wait until GC ends": undefined,
  sleep: undefined,
  "GC weak to strong wait": undefined,
  // A goroutine in a bubble of testing/synctest; the official tool matches by substring.
  synctest: "sync",
};

test.each(Object.entries(REASONS))("%s belongs to %s", (reason, expected) => {
  const kinds = KIND_NAMES.filter((kind) => kindInfo(kind).reasons?.test(reason));
  expect(kinds).toEqual(expected === undefined ? [] : [expected]);
});

const RUNTIME = "src/runtime/traceruntime.go";
const source = goSourceWith(RUNTIME, "reasons of waiting by Go's sources");

describe.runIf(source !== undefined)("the runtime", () => {
  test("has no other reasons", () => {
    const text = readFileSync(join(source?.root ?? "", RUNTIME), "utf8");
    const [table = ""] = /traceBlockReasonStrings = [\s\S]*?^}/m.exec(text) ?? [];
    const reasons = [...table.matchAll(/traceBlock\w+:\s+"([^"]*)"/g)].map(([, reason]) => reason);
    expect(reasons.length).toBeGreaterThan(10);
    expect(Object.keys(REASONS)).toEqual(expect.arrayContaining(reasons));
  });
});
