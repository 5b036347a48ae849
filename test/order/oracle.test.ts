import { describe, expect, it } from "vitest";
import { AsGoTells } from "../support/as-go-tells.js";
import { type CorpusTrace, goTests, isFormat2, validTraces } from "../support/corpus.js";
import { GoText, goKind } from "../support/go-text.js";
import { hasOracleText, oracleCounts, oracleText } from "../support/oracle.js";
import { LIKE_GO, readFileBlocks } from "../support/reading.js";
import { eventsOf, tiedDifference } from "../support/tied-events.js";

/** Go's own text, compared event by event. */
class ExpectedText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns what is wrong, if the next event is another one */
  take(event: string): string | undefined {
    if (this.#text.startsWith(event, this.#at)) {
      this.#at += event.length;
      return undefined;
    }
    const ours = event.split("\n");
    const theirs = this.#text.slice(this.#at, this.#at + event.length + 1000).split("\n");
    const line = ours.findIndex((text, i) => text !== theirs[i]);
    const number = this.#text.slice(0, this.#at).split("\n").length + line;
    return `line ${number}:\n  ours: ${ours[line]}\n  Go's: ${theirs[line]}\nin the event\n${event}`;
  }

  get rest(): string {
    return this.#text.slice(this.#at, this.#at + 1000);
  }
}

interface Counted {
  readonly counts: Readonly<Record<string, number>>;
  readonly cut: string | undefined;
}

async function countByGoKind(trace: CorpusTrace): Promise<Counted> {
  const counts: Record<string, number> = {};
  const view = new AsGoTells(trace.path);
  const error = await readFileBlocks(trace.path, LIKE_GO, (block) => {
    view.block(block);
    for (let i = 0; i < block.length; i++) {
      const kind = goKind(block.kind[i] as number);
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  });
  return { counts, cut: error?.code };
}

/** Compares the trace's text with Go's, up to the end or where both fail; gives what is wrong. */
async function compareText(trace: CorpusTrace): Promise<string | undefined> {
  const expected = new ExpectedText(oracleText(trace) as string);
  let text: GoText | undefined;
  let problem: string | undefined;
  await readFileBlocks(trace.path, LIKE_GO, (block, { timeBase }) => {
    text ??= new GoText(timeBase);
    for (const event of problem === undefined ? text.events(block) : []) problem ??= expected.take(event);
  });
  if (problem !== undefined || expected.rest === "") return problem;
  return `ours ends before\n${expected.rest}`;
}

/** Likewise, of a trace before Go 1.22, where the order of events of the same time is open. */
async function compareTied(trace: CorpusTrace): Promise<string | undefined> {
  const view = new AsGoTells(trace.path);
  const ours: string[] = [];
  let text: GoText | undefined;
  await readFileBlocks(trace.path, LIKE_GO, (block, { timeBase }) => {
    text ??= new GoText(timeBase);
    ours.push(...text.events(view.block(block)));
  });
  return tiedDifference(ours, eventsOf(oracleText(trace) as string));
}

describe("ordered events", () => {
  it.each(validTraces())("of $name are as many of each kind as Go's", async (trace) => {
    expect(await countByGoKind(trace)).toEqual({ counts: oracleCounts(trace), cut: trace.cut });
  });

  const printed = [...validTraces(), ...goTests()].filter(hasOracleText);

  it.each(printed)("of $name are Go's, to the letter", async (trace) => {
    expect(await (isFormat2(trace.path) ? compareText : compareTied)(trace)).toBeUndefined();
  });
});
