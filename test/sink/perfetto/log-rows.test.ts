import { describe, expect, test } from "vitest";
import { openTrace, sourceOf } from "../../../src/index.js";
import { runningThread } from "../../support/batch-writer.js";
import { fullBytes } from "../../support/full-output.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { repeatedLogs } from "../../support/many-of-each.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { openBytes } from "../../support/reading.js";
import { wireString } from "../../support/trace-builder.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("messages that are logged again, by SQL");
const TIMES = 20;
const ROWS = `select count(*) as n, count(distinct ts) as times, tag, msg from android_logs
  join thread using (utid) where tid = 1 group by tag, msg order by n`;
const INSTANTS = "select count(*) as n, name from slice where category = 'go.log' group by name";

/** The viewer's rows and texts of a message that is logged this often. */
async function shown(message: string): Promise<{ bytes: number; rows: object[]; instants: object[] }> {
  const bytes = await fullBytes(await openTrace(sourceOf([repeatedLogs(TIMES, message)])));
  expect(pftraceProblems(readPftrace(bytes))).toEqual([]);
  const tp = await TraceProcessor.load(bytes);
  try {
    expect(tp.problems()).toEqual([]);
    return { bytes: bytes.length, rows: tp.query(ROWS), instants: tp.query(INSTANTS) };
  } finally {
    tp.close();
  }
}

test.skipIf(!haveEngine)(
  "a log message that is a reason to wait too has its text in the table of logs",
  async () => {
    const thread = runningThread();
    thread.trace.strings(wireString(1, "select"), wireString(2, ""));
    thread.event("GoCreate", 10, 2, 0, 0).event("GoBlock", 10, 1, 0).event("GoStart", 10, 2, 1);
    thread.event("UserLog", 10, 0, 2, 1, 0).event("GoBlock", 10, 1, 0);
    const tp = await TraceProcessor.load(await fullBytes(await openBytes(thread.end().bytes())));
    try {
      expect(tp.query("select msg from android_logs")).toEqual([{ msg: "select" }]);
      expect(
        tp.query("select count(*) as n from slice where category = 'go.wait' and name = 'select'"),
      ).toEqual([{ n: 2 }]);
    } finally {
      tp.close();
    }
  },
);

describe.skipIf(!haveEngine)("a repeated log message", () => {
  test("has its row with its tag each time", async () => {
    const { rows, instants } = await shown("short");
    expect(rows).toEqual([{ n: TIMES, times: TIMES, tag: "key", msg: "short" }]);
    expect(instants).toEqual([{ n: TIMES, name: "key: short" }]);
  });

  test("has its row each time, but a long text once", async () => {
    const message = "é".repeat(500);
    const { bytes, rows, instants } = await shown(message);
    expect(rows).toEqual([
      { n: 1, times: 1, tag: "key", msg: message },
      { n: TIMES - 1, times: TIMES - 1, tag: null, msg: `key: ${message}` },
    ]);
    expect(instants).toEqual([{ n: TIMES, name: `key: ${message}` }]);
    // As a row, a name, and a log's text.
    expect(bytes).toBeLessThan(3 * 2 * message.length + 5000);
  });
});
