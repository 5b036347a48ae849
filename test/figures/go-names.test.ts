import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isGoName } from "../../src/figures/go-names.js";
import { goSourceWith } from "../support/go-tool.js";

const RUNTIME = "src/runtime/traceruntime.go";
const go = goSourceWith(RUNTIME, "names of figures by Go's sources");

describe.runIf(go !== undefined)("the runtime's own names", () => {
  test.each([
    ["block", RUNTIME, "traceBlockReasonStrings"],
    ["gc.stw", "src/runtime/proc.go", "stwReasonStrings"],
  ])("are known: %s", (group, file, table) => {
    const text = readFileSync(join(go?.root ?? "", file), "utf8");
    const [names = ""] = new RegExp(`^var ${table} = [\\s\\S]*?^}`, "m").exec(text) ?? [];
    const listed = [...names.matchAll(/: +"([^"]*)",$/gm)].map(([, name = ""]) => name);
    expect(listed.length).toBeGreaterThan(10);
    expect(listed.filter((name) => !isGoName(group.split("."), name))).toEqual([]);
  });
});

test("both spellings of the stop for a stack trace are known: that of Go 1.21, and that since", () => {
  const spellings = ["all goroutine stack trace", "all goroutines stack trace"];
  expect(spellings.map((name) => isGoName(["gc", "stw"], name))).toEqual([true, true]);
});

test("others are not known", () => {
  expect([isGoName(["block"], "snyc"), isGoName(["function"], "sync")]).toEqual([false, false]);
});
