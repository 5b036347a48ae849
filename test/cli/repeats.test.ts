import { expect, test } from "vitest";
import { fixture, go2perfetto } from "./command.js";

const TRACE = fixture("hello-go1.26.trace");

test.each([
  [["-o", "a", "--output=b"], "-o, --output <OUT>"],
  [["--detail", "lean", "--detail", "full"], "--detail <level>"],
  [["stats", "--top", "1", "--top", "2"], "--top <N>"],
])("an option of one value is an error if it is given twice: %j", (options, name) => {
  const { code, stderr } = go2perfetto([...options, TRACE]);
  expect([code, stderr.split("\n")[0]]).toEqual([
    2,
    expect.stringMatching(/^error: option '.*' argument '.*' is invalid\. It is given twice\.$/),
  ]);
  expect(stderr).toContain(name);
});

test("of a list, the error says how to give it once", () => {
  const { code, stderr } = go2perfetto([
    "batch",
    TRACE,
    "--out-dir",
    "D",
    "--also",
    "stats",
    "--also",
    "html",
  ]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("Give it once: --also stats,html.")]);
});

test("an option of several values collects them", () => {
  const limits = ["--assert", "sched.p99 < 5m", "--assert", "sched.p50 < 5m"];
  const { code, stdout } = go2perfetto(["check", TRACE, ...limits]);
  expect([code, stdout.toString().match(/^ok/gm)]).toEqual([0, ["ok", "ok"]]);
});
