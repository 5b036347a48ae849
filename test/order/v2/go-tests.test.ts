import { describe, expect, it } from "vitest";
import { goTests } from "../../support/corpus.js";
import { goErrorCode } from "../../support/go-errors.js";
import { goKind } from "../../support/go-text.js";
import { LIKE_GO, readFileBlocks } from "../../support/reading.js";

describe("a corner case of Go's scheduler", () => {
  it.each(goTests())("gives the same events and the same verdict: $name", async ({ path, expect: go }) => {
    const kinds: Record<string, number> = {};
    let events = 0;
    let first: number | undefined;
    let last = 0;
    const error = await readFileBlocks(path, LIKE_GO, (block) => {
      for (let i = 0; i < block.length; i++) {
        const kind = goKind(block.kind[i] as number);
        kinds[kind] = (kinds[kind] ?? 0) + 1;
        last = block.time[i] as number;
        first ??= last;
      }
      events += block.length;
    });
    expect({ events, kinds, durationNs: last - (first ?? 0), error: error?.code }).toEqual({
      events: go.events,
      kinds: go.kinds,
      durationNs: go.durationNs,
      error: go.readError && goErrorCode(go.readError),
    });
  });
});
