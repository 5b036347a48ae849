import { expect, test } from "vitest";
import { Diagnostics } from "../../src/base/diagnostics.js";
import { REGION_ADVICE, readingNotices } from "../../src/report/reading-messages.js";

test("the end of a region that has not begun is a mistake of the program, unless events are missing", () => {
  const diagnostics = new Diagnostics();
  diagnostics.add("region-ends-unmatched");
  const advice = () => readingNotices("a.trace", diagnostics).map((message) => message.advice);
  expect(advice()).toEqual([REGION_ADVICE]);
  diagnostics.add("dropped-events");
  expect(advice()).toEqual(["Other events of these regions may be among those that are missing."]);
});
