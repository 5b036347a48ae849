import { expect, test } from "vitest";
import { DIAGNOSTICS, type DiagnosticId, Diagnostics } from "../../src/base/diagnostics.js";

const ids = Object.keys(DIAGNOSTICS) as DiagnosticId[];

function words(id: DiagnosticId, count: number): string {
  const diagnostics = new Diagnostics();
  diagnostics.add(id, count, id === "wall-clock-jumps" ? "back by 1h0m0s" : undefined);
  return diagnostics.inWords(DIAGNOSTICS[id].severity).join();
}

test("what is counted once is told in the singular", () => {
  expect(words("dropped-events", 1)).toMatch(/^1 event dropped for/);
  expect(words("dropped-events", 1234)).toMatch(/^1,234 events dropped for/);
  expect(words("lost-bytes", 1)).toMatch(/^1 byte after/);
});

test.each(ids)("one description fits one and many: %s", (id) => {
  const [one, many] = DIAGNOSTICS[id].nouns;
  expect(many).not.toBe(one);
  const { description } = DIAGNOSTICS[id];
  expect(words(id, 1)).toContain(`1 ${one} ${description}`);
  expect(words(id, 2)).toContain(`2 ${many} ${description}`);
  // A verb that follows the noun would have to change with it.
  expect(description).not.toMatch(/^(that )?(is|are|has|have)\b/);
});
