import { join } from "node:path";
import { manyOf } from "./many.mjs";
import { benchDir, rootDir } from "./paths.mjs";

const readScript = join(benchDir, "read.mjs");
const cliScript = join(rootDir, "dist/cli/main.js");

/**
 * @typedef {object} Tools
 * @property {string[]} node how to start Node, with the arguments of --node-args
 * @property {string} goloop the built loop over Go's reader
 *
 * @typedef {object} Row
 * @property {string} name what --rows calls it
 * @property {string} label what the tables call it
 * @property {(tracePath: string, outPath: string, tools: Tools) => string[]} command one run, as a whole process
 * @property {string} [against] name of the row that its wall time is divided by
 * @property {boolean} [counts] it prints the number of events, which must equal that of `against`
 * @property {string} [extension] it writes outPath, which ends so
 * @property {boolean} [onlyIfAsked] it is not measured unless --rows names it
 * @property {string} [needs] the built file that must be there, relative to the project
 */

/** A conversion of that detail, as users run it. @param {string} detail @returns {Row} */
function conversion(detail) {
  return {
    name: detail,
    label: `${detail} conversion`,
    against: "go",
    extension: ".pftrace",
    needs: "dist/cli/main.js",
    command: (tracePath, outPath, { node }) => [
      ...node,
      cliScript,
      tracePath,
      "-o",
      outPath,
      "--detail",
      detail,
    ],
  };
}

/** How many traces a batch has. */
const MANY = 50;

/** The trace many times over, so many at a time. @param {number} jobs @returns {Row} */
function batch(jobs) {
  return {
    name: `batch-${jobs}`,
    label: `${MANY} traces, ${jobs === 1 ? "1 job" : `${jobs} jobs`}`,
    against: "go",
    onlyIfAsked: true,
    needs: "dist/cli/main.js",
    command: (tracePath, outPath, { node }) => [
      ...node,
      cliScript,
      "batch",
      manyOf(tracePath, MANY),
      "--out-dir",
      outPath,
      "--detail",
      "lean",
      "--jobs",
      String(jobs),
    ],
  };
}

/** What is measured, in the order of the tables. @type {Row[]} */
export const rows = [
  {
    name: "reader",
    label: "our reader alone",
    against: "go",
    counts: true,
    needs: "dist/node.js",
    command: (tracePath, _outPath, { node }) => [...node, readScript, tracePath],
  },
  conversion("lean"),
  conversion("full"),
  {
    name: "json",
    label: "JSON, `--tracks procs`",
    against: "go",
    extension: ".json",
    needs: "dist/cli/main.js",
    command: (tracePath, outPath, { node }) => [
      ...node,
      cliScript,
      tracePath,
      "-o",
      outPath,
      "--detail",
      "full",
      "--tracks",
      "procs",
    ],
  },
  {
    name: "stats",
    label: "statistics",
    against: "go",
    needs: "dist/cli/main.js",
    command: (tracePath, _outPath, { node }) => [...node, cliScript, "stats", "--json", tracePath],
  },
  {
    name: "explain",
    label: "findings",
    against: "go",
    needs: "dist/cli/main.js",
    command: (tracePath, _outPath, { node }) => [...node, cliScript, "explain", "--json", tracePath],
  },
  {
    name: "pprof",
    label: "`pprof sync`",
    against: "go",
    extension: ".pb.gz",
    needs: "dist/cli/main.js",
    command: (tracePath, outPath, { node }) => [
      ...node,
      cliScript,
      "pprof",
      "sync",
      tracePath,
      "-o",
      outPath,
    ],
  },
  {
    name: "pprof-all",
    label: "`pprof --all`",
    against: "go",
    needs: "dist/cli/main.js",
    command: (tracePath, outPath, { node }) => [
      ...node,
      cliScript,
      "pprof",
      "--all",
      tracePath,
      "-o",
      outPath,
    ],
  },
  {
    name: "trim",
    label: "`trim` of the whole",
    against: "go",
    extension: ".trace",
    needs: "dist/cli/main.js",
    command: (tracePath, outPath, { node }) => [...node, cliScript, "trim", tracePath, "-o", outPath],
  },
  batch(1),
  batch(2),
  {
    name: "go",
    label: "Go's loop",
    counts: true,
    command: (tracePath, _outPath, { goloop }) => [goloop, tracePath],
  },
];

/**
 * The rows of these names together with those that they are measured against, in the order of the table.
 * @param {string[]} names
 */
export function selectRows(names) {
  const wanted = new Set(names);
  for (const { name, against } of rows) if (against && wanted.has(name)) wanted.add(against);
  return rows.filter(({ name }) => wanted.has(name));
}
