// @module-tag long

import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hungryTrace } from "../../../support/hungry-trace.js";
import { fixture, start } from "../../command.js";
import { batch, folderOf } from "./batch.js";

const HELLO = fixture("hello-go1.26.trace");

/** What Node loads before anything else. It meddles with opening a file that is called `crash.trace`, in threads only. */
const meddling = (how: string) => `
  const files = require("node:fs/promises");
  const { open } = files;
  if (!require("node:worker_threads").isMainThread) {
    files.open = async (path, ...more) => {
      if (String(path).endsWith("crash.trace")) { ${how} }
      return open(path, ...more);
    };
    require("node:module").syncBuiltinESMExports();
  }`;

/**
 * What Node loads before anything else, for the one who ends threads that are slow to load. Node aborts the process if one
 * is ended at some points of its loading: too few to hit them, so all of it counts.
 */
const SLOW_TO_LOAD = `
  const { isMainThread, Worker } = require("node:worker_threads");
  const { writeSync } = require("node:fs");
  if (isMainThread) {
    const loaded = new Set();
    const { emit, terminate } = Worker.prototype;
    Worker.prototype.emit = function (name, ...args) {
      if (name === "message" || name === "exit") loaded.add(this);
      return emit.call(this, name, ...args);
    };
    Worker.prototype.terminate = function () {
      if (!loaded.has(this)) writeSync(2, "a thread that loads is ended\\n");
      return terminate.call(this);
    };
  } else {
    writeSync(2, "a thread loads\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }`;

const preloading = (cwd: string, code: string) => {
  writeFileSync(join(cwd, "preloaded.cjs"), code);
  return { NODE_OPTIONS: `--require=${join(cwd, "preloaded.cjs")}` };
};

describe("no thread is ended while it loads", () => {
  test("when there is little to do", () => {
    const cwd = folderOf({ "in/a.trace": HELLO, "in/b.trace": HELLO, "in/c.trace": HELLO });
    expect(batch(cwd, ["in"]).code).toBe(0);
    rmSync(join(cwd, "out/b.pftrace"));
    const { code, report, stderr } = batch(
      cwd,
      ["in", "--resume", "--jobs", "3"],
      preloading(cwd, SLOW_TO_LOAD),
    );
    expect([code, report.counts.skipped]).toEqual([0, 2]);
    expect(stderr.match(/^a thread.*$/gm)).toEqual(["a thread loads"]);
  });

  test("when it takes the place of one that died last", () => {
    const cwd = folderOf({ "in/a.trace": HELLO, "in/crash.trace": HELLO });
    const code = `${SLOW_TO_LOAD}\n{${meddling("process.exit(7)")}}`;
    const run = batch(cwd, ["in", "--jobs", "1"], preloading(cwd, code));
    expect([run.code, run.report.counts.failed]).toEqual([1, 1]);
    expect(run.stderr.match(/^a thread.*$/gm)).toEqual(["a thread loads", "a thread loads"]);
  });

  test("when a signal ends the batch", async () => {
    const cwd = folderOf({ "in/a.trace": HELLO, "in/b.trace": HELLO });
    const child = start(
      ["batch", "in", "--out-dir", "out", "--jobs", "2"],
      cwd,
      preloading(cwd, SLOW_TO_LOAD),
    );
    let said = "";
    child.stderr.on("data", (text) => {
      if (said === "") child.kill("SIGINT");
      said += text;
    });
    const [code] = await once(child, "close");
    expect([code, said]).toEqual([130, "a thread loads\na thread loads\n"]);
  });
});

test.each([1, 2])(
  "a trace that needs more memory than a thread may have fails alone, with %i jobs",
  (jobs) => {
    // It comes last: the thread that takes the dead one's place is still loading when all is done.
    const cwd = folderOf({ "in/a.trace": HELLO, "in/b.trace": HELLO, "in/c.trace": hungryTrace(150_000) });
    const { code, report, outputs, stderr } = batch(cwd, ["in", "--also", "stats", "--jobs", String(jobs)], {
      NODE_OPTIONS: "--max-old-space-size=80",
    });
    expect(code).toBe(1);
    expect(report.files.map((row) => [row.exitCode, row.error])).toEqual([
      [0, undefined],
      [0, undefined],
      [
        1,
        expect.stringMatching(/^in\/c\.trace needs more than the 1?\d\d MB of memory that a thread may use$/),
      ],
    ]);
    expect(stderr).toMatch(/^ {2}Select a part with --from and --to, or allow more with NODE_OPTIONS=/m);
    expect(outputs).toEqual(
      expect.arrayContaining(["a.pftrace", "a.stats.json", "b.pftrace", "b.stats.json"]),
    );
    expect(outputs.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  },
);

test.each([
  [
    "leaves",
    "process.exit(7)",
    /^in\/crash\.trace: the thread ended unexpectedly: worker exited with code: 7$/,
  ],
  [
    "throws where nobody catches",
    "setImmediate(() => { throw new Error('boom') }); return new Promise(() => undefined)",
    /^in\/crash\.trace: the thread ended unexpectedly: boom$/,
  ],
])("a thread that %s takes only its own trace along", (_what, how, message) => {
  const cwd = folderOf({
    "in/a.trace": HELLO,
    "in/crash.trace": HELLO,
    "in/d.trace": HELLO,
    "in/e.trace": HELLO,
  });
  const { code, report, stderr } = batch(cwd, ["in", "--jobs", "2"], preloading(cwd, meddling(how)));
  expect(code).toBe(1);
  expect(report.files.map((row) => row.error)).toEqual([
    undefined,
    expect.stringMatching(message),
    undefined,
    undefined,
  ]);
  expect(stderr).toMatch(/^ {2}This is a bug\. Please report it\.$/m);
});
