// @module-tag long

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto } from "../../cli/command.js";
import { someValidTraces } from "../../support/corpus.js";
import { goSourceWith, goToolTraceBytes, parsedByGo } from "../../support/go-tool.js";
import { groupBy } from "../../support/group-by.js";
import { readPprof, sumsByStack } from "../../support/pprof-reader.js";
import { dumpOfFile } from "../../support/trimmed.js";

/** What `trim --slim` makes of a trace, beside its events. */
async function slim(whole: string) {
  const path = join(emptyFolder(), "slim.trace");
  const { code, stderr } = go2perfetto(["trim", whole, "--slim", "-o", path]);
  return { path, code, stderr, before: await dumpOfFile(whole), after: await dumpOfFile(path) };
}

/** Lines of the first text that the second lacks. The second has no others, and the same order. */
function leftOut(before: readonly string[], after: readonly string[]): Set<number> {
  const missing = new Set<number>();
  let at = 0;
  for (const [i, line] of before.entries()) {
    if (line === after[at]) at++;
    else missing.add(i);
  }
  expect(at).toBe(after.length);
  return missing;
}

/** Yields of the sweeper after which it goes on at once on its thread: by line, the line of its next start. */
function sweeperYields(lines: readonly string[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const event = (line: string) => {
    const [, time, thread, kind, goroutine] =
      /^(\d+) (m=\S+) \S+ \S+ (\w+) goroutine=(\d+) /.exec(line) ?? [];
    return { time: Number(time), thread, kind, goroutine };
  };
  lines.forEach((line, i) => {
    if (!/ GoStop .* reason="runtime\.Gosched" stack=".* < runtime\.bgsweep \([^)]*\)"$/.test(line)) return;
    const { time, thread, goroutine } = event(line);
    for (let j = i + 1; j < lines.length; j++) {
      const other = lines[j] as string;
      if (!other.includes(` ${thread} `) && !other.includes(` goroutine=${goroutine} `)) continue;
      const next = event(other);
      const goesOn = next.kind === "GoStart" && next.goroutine === goroutine && next.thread === thread;
      if (goesOn && next.time - time <= 10_000) pairs.set(i, j);
      break;
    }
  });
  return pairs;
}

/** The thread of a line. */
const threadOf = (line: string) => / (m=\S+) /.exec(line)?.[1] ?? "";

/** Whether two lines are of one event, whose time may be some nanoseconds off. */
function isSame(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  const [[timeA, textA], [timeB, textB]] = [a, b].map((line) => line.split(/ (.*)/)) as [string[], string[]];
  return textA === textB && Math.abs(Number(timeA) - Number(timeB)) <= 3;
}

const [shared] = someValidTraces(["gcheavy-go1.26"]);
const go = goSourceWith("src/internal/trace/tracev2/events.go", "Go's own reader of slim traces");

describe("trim --slim", () => {
  test("leaves out yields of the background sweeper, and nothing else", async () => {
    const { path, code, stderr, before, after } = await slim(fixture("http.trace"));
    const missing = leftOut(before, after);
    const yields = sweeperYields(before);
    const pairs = new Set([...yields].flat());
    expect([...missing].filter((line) => !pairs.has(line))).toEqual([]);
    for (const [stop, start] of yields) expect(missing.has(stop)).toBe(missing.has(start));
    // Some are kept: those whose start is in the next block.
    expect(missing.size).toBeGreaterThan(0.98 * pairs.size);
    const count = `${(missing.size / 2).toLocaleString("en")} yields of the GC's background sweeper`;
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^left out by --slim: .+ %\\): ${count}$`, "m")),
    ]);
    expect(statSync(path).size).toBeLessThan(0.95 * statSync(fixture("http.trace")).size);
    if (go === undefined) return;
    expect(parsedByGo(path, go.root).match(/^M=/gm)).toHaveLength(after.length);
    for (const kind of ["sync", "syscall"]) {
      const [whole, rest] = [fixture("http.trace"), path].map((file) =>
        sumsByStack(readPprof(goToolTraceBytes(go.root, `-pprof=${kind}`, file))),
      );
      expect([kind, rest]).toEqual([kind, whole]);
    }
  });

  test.runIf(shared !== undefined)(
    "may order events anew that have one timestamp, on no thread",
    async () => {
      const { before, after } = await slim(shared?.path ?? "");
      const pairs = new Set([...sweeperYields(before)].flat().map((line) => before[line]));
      const written = groupBy(after, threadOf);
      let count = 0;
      for (const [thread, lines] of groupBy(before, threadOf)) {
        const rest = written.get(thread) ?? [];
        let at = 0;
        for (const line of lines) {
          if (isSame(line, rest[at])) at++;
          else expect([line, pairs.has(line)]).toEqual([line, true]);
        }
        expect([thread, at]).toEqual([thread, rest.length]);
        count += lines.length - rest.length;
      }
      expect(count).toBeGreaterThan(0.9 * pairs.size);
    },
  );

  test("leaves out events of allocations with their data", async () => {
    const { path, stderr, before, after } = await slim(fixture("allocfree-sync-go1.26.trace"));
    const missing = leftOut(before, after);
    const allocations = before.filter((line) => / (Span|HeapObject|GoroutineStack)(Alloc|Free)? /.test(line));
    expect(allocations.length).toBeGreaterThan(100);
    expect([...missing].map((line) => before[line])).toEqual(allocations);
    expect(stderr).toContain(`%): ${allocations.length} events of allocations\n`);
    expect(readFileSync(path).length).toBeLessThan(
      readFileSync(fixture("allocfree-sync-go1.26.trace")).length * 1.2,
    );
    if (go !== undefined) expect(parsedByGo(path, go.root).match(/^M=/gm)).toHaveLength(after.length);
  });

  test("says so if there is nothing to leave out", async () => {
    const { before, after, stderr } = await slim(fixture("hello-go1.26.trace"));
    expect([after, stderr]).toEqual([before, expect.stringContaining("left out by --slim: nothing")]);
  });
});
