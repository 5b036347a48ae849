// @module-tag long
// @module-tag slowest

import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { sharedDir } from "../../../support/optional.js";
import { emptyFolder, fixture } from "../../command.js";
import { batch } from "./batch.js";

/** MB (10^6 bytes) that docs/batch-and-ci.md says: of the process, and of each job by what it does. */
const PROCESS = 100;
const JOB = { lean: 80, full: 90, json: 90, also: 160 } as const;

/** What Node loads first: when the process ends, its peak is in a file. */
const PEAK = `
  if (require("node:worker_threads").isMainThread)
    process.on("exit", () =>
      require("node:fs").writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS * 1024)));`;

/** A trace of 53 MB where there is one; else a small one, of which four take no more either. */
let large = fixture("http.trace");
/** One of 5 MB, of which full conversions are large enough. */
const medium = [join(sharedDir() ?? "", "traces/v2/big5mb-go1.26.trace"), large].find(existsSync) ?? large;

beforeAll(async () => {
  const zipped = join(sharedDir() ?? "", "traces/big/big50mb-go1.26.trace.gz");
  if (!existsSync(zipped)) return;
  large = join(emptyFolder(), "large.trace");
  await pipeline(createReadStream(zipped), createGunzip(), createWriteStream(large));
});

/** The peak of the memory of a batch of a trace that many times, in MB. */
function peakOf(trace: string, times: number, jobs: number, args: readonly string[]): number {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, "in"));
  for (let i = 0; i < times; i++) symlinkSync(trace, join(cwd, `in/${i}.trace`));
  writeFileSync(join(cwd, "peak.cjs"), PEAK);
  const { code } = batch(cwd, ["in", "--jobs", String(jobs), ...args], {
    NODE_OPTIONS: `--require=${join(cwd, "peak.cjs")}`,
    PEAK_FILE: join(cwd, "peak"),
  });
  expect(code).toBe(0);
  rmSync(join(cwd, "out"), { recursive: true });
  return Number(readFileSync(join(cwd, "peak"), "utf8")) / 1e6;
}

test.each([1, 4])("memory follows the jobs: four large traces with %i", (jobs) => {
  const peak = peakOf(large, 4, jobs, ["--detail", "lean"]);
  expect(peak).toBeGreaterThan(PROCESS / 2);
  expect(peak).toBeLessThan(PROCESS + JOB.lean * jobs);
});

test.each([
  ["full", () => medium, ["--detail", "full"]],
  ["json", () => medium, ["--detail", "full", "--format", "json"]],
  ["also", () => large, ["--detail", "lean", "--also", "pprof,stats"]],
] as const)("and what they do: %s", (what, trace, args) => {
  const peak = peakOf(trace(), 2, 2, args);
  expect(peak).toBeLessThan(PROCESS + JOB[what] * 2);
});
