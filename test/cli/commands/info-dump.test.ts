import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fixtureTraces, isFormat2 } from "../../support/corpus.js";
import { type OracleWire, oracleWire } from "../../support/oracle.js";
import { emptyFolder, fixture, go2perfetto } from "../command.js";

const lines = (args: readonly string[]) => go2perfetto(args).stdout.toString().trimEnd().split("\n");

/** The table of `info`: count and bytes by event. */
function table(path: string): Record<string, [number, number]> {
  const rows = lines(["info", path]).flatMap((line) => {
    const match = /^(\w+) +([\d,]+) +([\d,]+) +[\d.]+ %$/.exec(line);
    return match === null ? [] : [match.slice(1) as [string, string, string]];
  });
  const number = (text: string) => Number(text.replaceAll(",", ""));
  return Object.fromEntries(rows.map(([name, count, bytes]) => [name, [number(count), number(bytes)]]));
}

/** The counts (0) or the bytes (1) of a table. */
function column(rows: Record<string, [number, number]>, index: 0 | 1): Record<string, number> {
  return Object.fromEntries(Object.entries(rows).map(([name, cells]) => [name, cells[index]]));
}

describe("info", () => {
  test("says what the trace is", () => {
    const facts = lines(["info", fixture("sync-go1.26.trace")]).slice(1, 10);
    expect(facts).toEqual([
      "format       go 1.26 (written by Go 1.26 and 1.27)",
      "duration     55.999745 ms",
      "started      2026-11-23T19:15:39.374007702Z",
      "size         48,534 bytes",
      "generations  1",
      "events       9,845 in order (dump also prints 2 Sync lines)",
      "threads      5",
      "Ps           4",
      "lost         nothing",
    ]);
  });

  test("accounts for every byte of the file", { tags: ["long"] }, () => {
    for (const name of ["sync-go1.26.trace", "hello-go1.22.trace", "allocfree-sync-go1.26.trace"]) {
      const bytes = Object.values(table(fixture(name))).reduce((sum, [, each]) => sum + each, 16);
      expect([name, bytes]).toEqual([name, statSync(fixture(name)).size]);
    }
  });

  // The official count of a batch header's bytes takes "no thread" as one byte, where the file has ten.
  const HEADERS = ["EventBatch", "ExperimentalBatch"];
  test.each(fixtureTraces().filter(({ path }) => isFormat2(path)))(
    "counts raw events and bytes as the official tool: $name",
    { tags: ["long"] },
    (trace) => {
      const { counts, bytes } = oracleWire(trace) as OracleWire;
      const ours = table(trace.path);
      const withoutHeaders = (sizes: Readonly<Record<string, number>>) =>
        Object.fromEntries(Object.entries(sizes).filter(([name]) => !HEADERS.includes(name)));
      expect(column(ours, 0)).toEqual(counts);
      expect(withoutHeaders(column(ours, 1))).toEqual(withoutHeaders(bytes));
    },
  );
});

describe("dump", () => {
  test("gives the events in order, one a line", () => {
    const events = lines(["dump", fixture("sync-go1.26.trace")]);
    expect(events).toHaveLength(9847);
    expect(events.slice(1, 3)).toEqual([
      "71424 m=20908 p=- g=- ProcStatus proc=0 Undetermined->Running",
      "71808 m=20908 p=0 g=- GoStatus goroutine=1 Undetermined->Running",
    ]);
    expect(events.at(-1)).toBe("55999745 m=- p=- g=- Sync n=2");
    expect(events.filter((line) => / GoBlock .* reason="select"/.test(line))).toHaveLength(324);
  });

  test("is compressed if OUT's name says so", () => {
    const cwd = emptyFolder();
    const written = go2perfetto(["dump", fixture("hello-go1.26.trace"), "-o", "events.txt.gz"], { cwd });
    expect([written.code, written.stderr]).toEqual([
      0,
      expect.stringMatching(/^events\.txt\.gz: [\d.]+ kB\n$/),
    ]);
    const { stdout } = go2perfetto(["dump", fixture("hello-go1.26.trace")]);
    expect(gunzipSync(readFileSync(join(cwd, "events.txt.gz")))).toEqual(stdout);
  });

  test("gives the events as stored", () => {
    const stored = lines(["dump", "--wire", fixture("hello-go1.22.trace")]);
    expect(stored[0]).toMatch(/^16 EventBatch gen=1 m=-?\d+ time=\d+ size=\d+$/);
    expect(stored.filter((line) => / EventBatch /.test(line))).toHaveLength(5);
    expect(stored.some((line) => /^\d+ String id=\d+ text="main\.main"$/.test(line))).toBe(true);
  });
});
