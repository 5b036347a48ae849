import { expect, test } from "vitest";
import { EVENT_KINDS, EventKind, isUser } from "../../src/event/kind.js";
import { openTrace, sourceOf } from "../../src/index.js";
import { SelectedTrace, type Selection } from "../../src/select/selected-trace.js";
import { AnnotatedTrace } from "../support/annotated-trace.js";

/** The tasks, regions, logs and creations that are left, as text: the goroutine, what it does, and to what. */
async function left(trace: AnnotatedTrace, selection: Selection): Promise<string[]> {
  const found: string[] = [];
  const selected = new SelectedTrace(await openTrace(sourceOf([trace.bytes()])), selection);
  for await (const block of selected.blocks())
    for (let i = 0; i < block.length; i++) {
      const kind = block.kind[i] as number;
      if (isUser(kind) || kind === EventKind.GoCreate)
        found.push(`${block.goroutine[i]} ${EVENT_KINDS[kind]?.name} ${block.subject[i]}`);
    }
  return found;
}

const trace = new AnnotatedTrace()
  // Older than the trace: the goroutine that ends one decides, unless it is selected.
  .end(1, 90)
  .end(2, 91)
  .end(2, 92)
  // Begun by either goroutine, ended by either.
  .begin(1, 93, 0, "own, ended by another")
  .begin(2, 94, 0, "of another, ended by a selected one")
  .begin(2, 95, 0, "selected")
  .end(2, 93)
  .end(1, 94)
  .end(2, 95)
  .enter(1, 93, "own")
  .exit(1, 93, "own")
  .enter(2, 93, "of another")
  .exit(2, 93, "of another")
  .log(1, 94, "own", "")
  .log(2, 93, "of another", "")
  .create(2, 5)
  .create(1, 6)
  .create(2, 7);

/** A goroutine that is left out. */
const OTHER = -2 - 2;

test("a selection has the tasks that its goroutines begin, and those that are named; with their ends, whoever ends them", async () => {
  const selection = { goroutines: new Set([1, 5, 6]), tasks: new Set([92, 95]) };
  expect(await left(trace, selection)).toEqual([
    "1 TaskEnd 90",
    `${OTHER} TaskEnd 92`,
    "1 TaskBegin 93",
    `${OTHER} TaskBegin 95`,
    `${OTHER} TaskEnd 93`,
    `${OTHER} TaskEnd 95`,
    "1 RegionBegin 93",
    "1 RegionEnd 93",
    "1 Log 94",
    `${OTHER} GoCreate 5`,
    "1 GoCreate 6",
  ]);
});
