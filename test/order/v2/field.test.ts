import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import { FIXTURES } from "../../support/corpus.js";
import { LIKE_GO, readBlocks, readFileBlocks } from "../../support/reading.js";
import { Validator } from "../../support/validator.js";

interface Expected {
  /** Events, sync events included. */
  readonly events: number;
  readonly diagnostics: Readonly<Record<string, number>>;
  readonly error?: string;
  /** What Go's reader says. */
  readonly strict?: string;
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  b_crossing: { events: 29, diagnostics: { "regions-crossed": 1 }, strict: "region-mismatch" },
  b_crossing_gen2: { events: 29, diagnostics: { "regions-crossed": 1 }, strict: "region-mismatch" },
  c_mixed_none: { events: 22, diagnostics: {} },
  c_mixed_between: {
    events: 22,
    diagnostics: { "skipped-bytes": 39 },
    error: "malformed-batch",
    strict: "malformed-batch",
  },
  c_mixed_before_gen2: {
    events: 22,
    diagnostics: { "skipped-bytes": 39 },
    error: "malformed-batch",
    strict: "malformed-batch",
  },
  d_double_end: { events: 11, diagnostics: { "region-ends-unmatched": 1 } },
  h_stack_procs: {
    events: 24,
    diagnostics: { "table-id-unresolved": 1 },
    error: "unknown-table-id",
    strict: "unknown-table-id",
  },
  h_stack_block: {
    events: 15,
    diagnostics: { "table-id-unresolved": 1 },
    error: "unknown-table-id",
    strict: "unknown-table-id",
  },
  j_task_double_end: { events: 7, diagnostics: {} },
};

const pathOf = (name: string) => join(FIXTURES, "field", `${name}.trace`);

async function read(name: string) {
  const trace = await openTraceFile(pathOf(name));
  const validator = new Validator();
  const lines: string[] = [];
  const error = await readBlocks(trace, (block) => {
    validator.block(block);
    for (let i = 0; i < block.length; i++)
      lines.push(`${EVENT_KINDS[block.kind[i] as number]?.name} ${block.subject[i]} ${block.value[i]}`);
  });
  const counts = trace.diagnostics.entries().map(({ id, count }) => [id, count] as const);
  return { error, lines, diagnostics: trace.diagnostics, counts: Object.fromEntries(counts), validator };
}

describe("a trace from the field", () => {
  it.each(Object.entries(EXPECTED))(
    "is given whole, with what is wrong counted: %s",
    async (name, expected) => {
      const { error, counts, lines, validator } = await read(name);
      expect(lines.length).toBe(expected.events);
      expect(counts).toEqual(expected.diagnostics);
      expect(error?.code).toBe(expected.error);
      expect(validator.problems).toEqual([]);
    },
  );

  it.each(Object.entries(EXPECTED))("is refused as Go's reader does: %s", async (name, { strict }) => {
    expect((await readFileBlocks(pathOf(name), LIKE_GO, () => undefined))?.code).toBe(strict);
  });

  it("ends the region that is named, and says how many go on within it", async () => {
    const { diagnostics, lines } = await read("b_crossing");
    expect(lines.filter((line) => line.startsWith("RegionEnd"))).toEqual(["RegionEnd 0 1", "RegionEnd 0 0"]);
    expect(diagnostics.first("regions-crossed")).toBe('region "a" ends within region "b" on goroutine 1');
  });

  it("says of an end that nobody has begun it", async () => {
    const { lines } = await read("d_double_end");
    expect(lines.filter((line) => line.startsWith("RegionEnd"))).toEqual(["RegionEnd 0 0", "RegionEnd 0 -2"]);
  });

  it("says where the first bytes stand that are no part of the trace", async () => {
    const { diagnostics, error } = await read("c_mixed_between");
    expect(error?.facts).toMatchObject({ offset: 47, generation: 1 });
    expect(diagnostics.first("skipped-bytes")).toBe("at byte 47, in generation 1");
  });
});
