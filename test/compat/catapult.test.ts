// @module-tag long

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, go2perfetto } from "../cli/command.js";
import { Catapult, type CatapultModel, catapultFolder } from "../support/catapult.js";
import { type JsonEvent, JsonStacks, type JsonTrace, nanoseconds } from "../support/chrome-json.js";
import { fixtureTraces } from "../support/corpus.js";

const TRACES = ["annotations-go1.26", "cpusamples-go1.26", "syscalls-go1.22", "gomaxprocs-go1.26"];

const viewer = catapultFolder("JSON in Chrome's trace viewer");

describe.skipIf(viewer === undefined)("Chrome's trace viewer, as Go ships it", () => {
  const folder = emptyFolder();
  let catapult: Catapult;

  beforeAll(async () => {
    catapult = await Catapult.start(viewer as string);
  });
  afterAll(async () => {
    await catapult.close();
    rmSync(folder, { recursive: true });
  });

  test.each(fixtureTraces().filter(({ oracle }) => TRACES.includes(oracle)))(
    "opens $name with all that is in the file",
    async ({ path }) => {
      const output = join(folder, "trace.json");
      expect(go2perfetto([path, "-o", output, "--quiet", "--detail", "full"]).stderr).toBe("");
      const model = await catapult.open(output);
      const file = JSON.parse(readFileSync(output, "utf8")) as JsonTrace;
      expect(model.warnings).toEqual([]);
      expect(unique(model.rows.map((row) => row.join(": ")))).toEqual(rowsOf(file));
      const order = headingsOf(file);
      expect(model.headings.filter((heading) => order.includes(heading))).toEqual(order);
      expect(model.slices).toEqual(slicesOf(file));
      expect(model.arrows).toBe(count(file, "f"));
      expect(model.arrows).toBeGreaterThan(10);
      expect(model.asyncSlices).toBe(count(file, "b"));
      expect(model.counters).toEqual(countersOf(file));
      expect([...model.stacks].sort()).toEqual(stacksOf(file));
      expect(model.stacks.length).toBeGreaterThan(10);
    },
  );
});

const count = ({ traceEvents }: JsonTrace, phase: string) =>
  traceEvents.filter(({ ph }) => ph === phase).length;

/** Names of the processes by id. */
function processesOf({ traceEvents }: JsonTrace): Map<number, string> {
  const named = traceEvents.filter(({ name }) => name === "process_name");
  return new Map(named.map(({ pid, args }) => [pid, String(args?.name)]));
}

/** The rows on which there is something. */
function rowsOf(file: JsonTrace): string[] {
  const processes = processesOf(file);
  const used = new Set(
    file.traceEvents.filter(({ ph }) => /[XIb]/.test(ph)).map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const rows = file.traceEvents.filter(
    ({ name, pid, tid }) => name === "thread_name" && used.has(`${pid}/${tid}`),
  );
  return unique(rows.map(({ pid, args }) => `${processes.get(pid)}: ${args?.name}`));
}

/** Processes, and within each its rows with slices, in the order that the file asks for. */
function headingsOf({ traceEvents }: JsonTrace): string[] {
  const orders = (kind: string) =>
    traceEvents
      .filter(({ name }) => name === `${kind}_sort_index`)
      .sort((a, b) => Number(a.args?.sort_index) - Number(b.args?.sort_index));
  const nameOf = (kind: string, { pid, tid }: JsonEvent) =>
    traceEvents.find((each) => each.name === `${kind}_name` && each.pid === pid && each.tid === tid)?.args;
  const used = new Set(
    traceEvents.filter(({ ph }) => /[XI]/.test(ph)).map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const threadsOf = (process: JsonEvent) => {
    const rows = orders("thread").filter(({ pid, tid }) => pid === process.pid && used.has(`${pid}/${tid}`));
    // Who serves calls from C is told of with every one.
    return [...new Map(rows.map((row) => [row.tid, row])).values()];
  };
  return orders("process").flatMap((process) => [
    `${nameOf("process", process)?.name}`,
    ...threadsOf(process).map((row) => `${nameOf("thread", row)?.name}`),
  ]);
}

const unique = (texts: readonly string[]) => [...new Set(texts)].sort();

function slicesOf(file: JsonTrace): CatapultModel["slices"] {
  const processes = processesOf(file);
  const slices = Object.fromEntries([...processes.values()].map((name) => [name, { count: 0, time: 0 }]));
  for (const { ph, pid, dur = 0 } of file.traceEvents) {
    const of = slices[processes.get(pid) ?? ""];
    if (of === undefined || (ph !== "X" && ph !== "I")) continue;
    of.count++;
    of.time += nanoseconds(dur);
  }
  return slices;
}

function countersOf({ traceEvents }: JsonTrace): CatapultModel["counters"] {
  const counts: Record<string, number> = {};
  for (const { ph, name, args = {} } of traceEvents) {
    if (ph !== "C") continue;
    for (const key of Object.keys(args)) counts[`${name} ${key}`] = (counts[`${name} ${key}`] ?? 0) + 1;
  }
  return counts;
}

function stacksOf(file: JsonTrace): string[] {
  const stacks = new JsonStacks(file);
  const numbers = new Set(
    file.traceEvents.flatMap(({ ph, sf }) => (/[XI]/.test(ph) && sf !== undefined ? [sf] : [])),
  );
  return unique([...numbers].map((stack) => stacks.text(stack).replace(/ < $/, "")));
}
