import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { EventKind } from "../../../src/event/kind.js";
import type { ChromeOptions } from "../../../src/sink/chrome/options.js";
import { openAsGoTells } from "../../support/as-go-tells.js";
import { type JsonTrace, jsonOf } from "../../support/chrome-json.js";
import { type CorpusTrace, isFormat2, validTraces } from "../../support/corpus.js";
import { officialDifferences, type View } from "../../support/official-json.js";
import { oracleFile } from "../../support/oracle.js";
import { LIKE_GO, readFileBlocks } from "../../support/reading.js";

const VIEWS: readonly (readonly [View, "procs" | "threads"])[] = [
  ["proc", "procs"],
  ["thread", "threads"],
];

/** What Go's viewer was served. */
function official(trace: CorpusTrace, view: View): JsonTrace | undefined {
  const bytes = oracleFile(trace, `web/jsontrace-${view}.json.gz`);
  return bytes && (JSON.parse(gunzipSync(bytes).toString("utf8")) as JsonTrace);
}

/** Ours of the same events: what else we tell is said in `OFFICIAL_QUIRKS`. */
async function oursOf({ path }: CorpusTrace, options: ChromeOptions = {}): Promise<JsonTrace> {
  const { text } = await jsonOf(await openAsGoTells(path), options);
  return JSON.parse(text) as JsonTrace;
}

async function takenProcs({ path }: CorpusTrace): Promise<number> {
  let count = 0;
  await readFileBlocks(path, LIKE_GO, ({ kind, length }) => {
    for (let i = 0; i < length; i++) if (kind[i] === EventKind.ProcSteal) count++;
  });
  return count;
}

const cases = validTraces().flatMap((trace) =>
  VIEWS.filter(([view]) => official(trace, view) !== undefined).map(([view, tracks]) => ({
    trace,
    name: trace.name,
    view,
    tracks,
  })),
);

it("there is something to compare with", () => {
  expect(cases.length).toBeGreaterThanOrEqual(8);
});

describe("JSON for Chrome", () => {
  it.each(cases)("of $name has every event of Go's viewer by $view", async ({ trace, view, tracks }) => {
    const isFormat1 = !isFormat2(trace.path);
    const theirs = official(trace, view) as JsonTrace;
    const differences = officialDifferences(
      await oursOf(trace, { tracks: [tracks] }),
      theirs,
      view,
      isFormat1,
    );
    // See `takenProcs`: which thread takes a P is not known, nor then whose run that is.
    const unknown = isFormat1 && view === "thread" ? 2 * (await takenProcs(trace)) : 0;
    expect(differences.slice(unknown, unknown + 20)).toEqual([]);
    expect(theirs.traceEvents.length).toBeGreaterThan(40);
  });

  it.each(cases.filter(({ name }) => name.startsWith("annotations")))(
    "of $name has them also with all rows, by $view",
    async ({ trace, view }) => {
      const theirs = official(trace, view) as JsonTrace;
      expect(officialDifferences(await oursOf(trace), theirs, view, !isFormat2(trace.path))).toEqual([]);
    },
  );

  it.each(cases.slice(0, 2))(
    "is missed if an event is not there: $name by $view",
    async ({ trace, view }) => {
      const ours = await oursOf(trace);
      const theirs = official(trace, view) as JsonTrace;
      const without = (ph: string) => ({
        ...ours,
        traceEvents: ours.traceEvents.filter((each) => each.ph !== ph),
      });
      for (const ph of ["X", "C", "I", "s", "f"]) {
        const count = theirs.traceEvents.filter((each) => each.ph === (ph === "f" ? "t" : ph)).length;
        const missed = officialDifferences(without(ph), theirs, view).length;
        if (ph !== "I") expect([ph, missed]).toEqual([ph, expect.any(Number)]);
        expect(missed > 0).toBe(count > 0);
      }
    },
  );
});
