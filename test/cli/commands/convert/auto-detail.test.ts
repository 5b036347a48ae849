// @module-tag long
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runningThread } from "../../../support/batch-writer.js";
import { haveTraceProcessor } from "../../../support/perfetto-tools.js";
import { wireString } from "../../../support/trace-builder.js";
import { TraceProcessor } from "../../../support/trace-processor.js";
import { go2perfetto } from "../../command.js";
import { batch, folderOf } from "../batch/batch.js";
import { ask, opened } from "../open/opened.js";

const LINE =
  "slices, stacks and arrows are left out, as the trace has more than 6 MB: --detail full writes them, convert --split auto --detail full in parts that a viewer opens";

/** A trace of 12 MB and few events: the rest is names. */
function largeTrace(): Uint8Array {
  const thread = runningThread();
  for (let i = 0; i < 200; i++)
    thread.trace.strings(
      ...Array.from({ length: 60 }, (_, j) => wireString(1 + i * 60 + j, `${i}.${j}`.padEnd(1000, "-"))),
    );
  for (let i = 0; i < 4000; i++) {
    thread.event("GoCreate", 1000, 2 + i, 0, 0);
    if (i % 10 === 0) thread.event("UserLog", 10, 0, 1, 1, 0);
  }
  return thread.end().bytes();
}

const ORIGIN = "http://viewer.test:8080";
const cwd = folderOf({ "large.trace": largeTrace() });
const haveEngine = await haveTraceProcessor("what is left out, by SQL");

function converted(...options: string[]): string[] {
  const { code, stderr } = go2perfetto(["convert", "large.trace", ...options], { cwd });
  expect(code).toBe(0);
  return stderr.split("\n").filter((line) => line.includes("left out"));
}

async function omittedIn(bytes: Uint8Array): Promise<unknown[]> {
  const tp = await TraceProcessor.load(bytes);
  try {
    return tp.query("select str_value as text from metadata where name = 'cr-go2perfetto.omitted'");
  } finally {
    tp.close();
  }
}

test("convert says what a large trace lacks, and the file does", async () => {
  expect(converted("-o", "out.pftrace")).toEqual([LINE]);
  if (haveEngine) expect(await omittedIn(readFileSync(join(cwd, "out.pftrace")))).toEqual([{ text: LINE }]);
  expect(converted("-o", "out.json")).toEqual([
    expect.stringContaining("as the trace has more than 1.4 MB: "),
  ]);
  expect(readFileSync(join(cwd, "out.json"), "latin1")).toContain("as the trace has more than 1.4 MB: ");
});

test("JSON, which viewers take longer to read, is full up to fewer events", () => {
  const thread = runningThread();
  thread.trace.strings(wireString(1, "message"));
  for (let i = 0; i < 250_001; i++) thread.event("UserLog", 10, 0, 1, 1, 0);
  const input = thread.end().bytes();
  const { code, stderr } = go2perfetto(["convert", "-", "-o", "piped.json"], { cwd, input });
  expect([code, stderr]).toEqual([0, expect.stringContaining("as there are more than 250,000 events: ")]);
  const pftrace = go2perfetto(["convert", "-", "-o", "piped.pftrace"], { cwd, input });
  expect([pftrace.code, pftrace.stderr]).toEqual([0, expect.not.stringContaining("left out")]);
});

test("what it advises leaves nothing out", () => {
  expect(converted("-o", "full.pftrace", "--detail", "full")).toEqual([]);
  expect(converted("-o", "part.pftrace", "--split", "auto", "--detail", "full")).toEqual([]);
  expect(readdirSync(cwd)).toContain("part.001.pftrace");
});

test("it is said once of all parts that lack the same", () => {
  expect(converted("-o", "auto.pftrace", "--split", "auto")).toEqual([LINE]);
});

test("batch says it, also in its report", () => {
  const { code, report, stderr } = batch(cwd, ["large.trace"]);
  expect([code, report.files.map(({ leftOut }) => leftOut)]).toEqual([0, [[LINE]]]);
  expect(stderr).toContain(LINE);
});

test("open says it, and serves a file that does", async () => {
  const { url, result, stop } = await opened([
    "--no-browser",
    "--ui",
    `${ORIGIN}/`,
    join(cwd, "large.trace"),
  ]);
  const { body } = await ask(url, "GET", { origin: ORIGIN });
  if (haveEngine) expect(await omittedIn(body)).toEqual([{ text: LINE }]);
  await stop();
  expect((await result).stderr).toContain(LINE);
});
