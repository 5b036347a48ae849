import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { BenchFailure } from "./failure.mjs";
import { workDir } from "./paths.mjs";

const outDir = join(workDir, "out");

/** What a user may have set for programs of their own and what would change the figures here. */
const disturbingVariables = ["NODE_OPTIONS", "GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT"];

/**
 * @typedef {object} Sample one run of one row, as a whole process
 * @property {number} wall seconds
 * @property {number} cpu seconds, user and system together
 * @property {number} peakRss bytes
 * @property {number} [output] bytes written
 * @property {number} [events] the count that it printed
 * @property {number} [ratio] wall time divided by that of the row it is measured against, in the same run
 */

/**
 * Measures the rows in turn: in each run each of them once, so that a slow spell of the machine meets them all.
 * Every run starts with another row, so that none is always the one after a certain other.
 *
 * @param {import("./rows.mjs").Row[]} rows
 * @param {import("./options.mjs").TraceSize & { path: string }} trace
 * @param {{ runs: number, keep: boolean, tools: import("./rows.mjs").Tools & { launch: string } }} how
 * @returns {Map<string, Sample[]>} the samples of each row, by its name
 * @throws {BenchFailure} when a command fails or two counts differ
 */
export function measureRows(rows, trace, { runs, keep, tools }) {
  const samples = new Map(rows.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run++) {
    console.error(`${trace.label}: run ${run + 1} of ${runs}`);
    const start = run % rows.length;
    const taken = new Map();
    for (const row of [...rows.slice(start), ...rows.slice(0, start)]) {
      taken.set(row.name, measureOnce(row, trace, keep, tools));
    }
    for (const row of rows) samples.get(row.name).push(compare(row, taken));
  }
  return samples;
}

function measureOnce(row, trace, keep, tools) {
  const outPath = join(
    outDir,
    `${row.name}-${trace.megabytes}mb-format${trace.format}${row.extension ?? ""}`,
  );
  mkdirSync(outDir, { recursive: true });
  rmSync(outPath, { force: true, recursive: true });
  const used = launch(row, row.command(trace.path, outPath, tools), tools.launch);
  const sample = {
    wall: used.wallNs / 1e9,
    cpu: (used.userNs + used.sysNs) / 1e9,
    peakRss: used.maxRssBytes,
  };
  if (row.extension) sample.output = outputSize(row, outPath);
  if (row.counts) sample.events = eventCount(row, used.stdout);
  if (!keep) rmSync(outPath, { force: true, recursive: true });
  return sample;
}

function launch(row, argv, launcher) {
  const env = { ...process.env };
  for (const name of disturbingVariables) delete env[name];
  const { status, stdout, stderr, error } = spawnSync(launcher, argv, { env, encoding: "utf8" });
  if (error || status !== 0) throw new BenchFailure(`${row.label} could not be started: ${error ?? stderr}`);
  const used = JSON.parse(stdout);
  if (used.exitCode !== 0) {
    throw new BenchFailure(`${row.label} ended with ${used.exitCode}: ${argv.join(" ")}\n${stderr}`);
  }
  return used;
}

function outputSize(row, path) {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (!size) throw new BenchFailure(`${row.label} wrote nothing to ${path}`);
  return size;
}

function eventCount(row, stdout) {
  const text = stdout.trim();
  if (!/^\d+$/.test(text)) throw new BenchFailure(`${row.label} printed no number of events but "${text}"`);
  return Number(text);
}

function compare(row, taken) {
  const sample = taken.get(row.name);
  if (!row.against) return sample;
  const other = taken.get(row.against);
  if (row.counts && sample.events !== other.events) {
    throw new BenchFailure(
      `counts differ: ${row.label} has ${sample.events} events, ${row.against} ${other.events}`,
    );
  }
  return { ...sample, ratio: sample.wall / other.wall };
}
