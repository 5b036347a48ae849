import { parseArgs } from "node:util";
import { rows } from "./rows.mjs";

const names = rows.map(({ name }) => name);
const DEFAULT_SIZES = "5,50,200,50@1.21";
const defaultNames = rows.filter(({ onlyIfAsked }) => !onlyIfAsked).map(({ name }) => name);

export const usage = `usage: npm run bench -- [options]
  --sizes ${DEFAULT_SIZES}
                     sizes of the traces in MB (10^6 bytes); with @1.21 by Go 1.21, in format 1
  --runs 5           runs of each row; the tables show medians
  --rows ${names.join(",")}
                     what to measure, batches only if named here; Go's loop always comes along
  --node-args=ARGS   arguments for Node itself, separated by spaces: --node-args="--max-semi-space-size=8"
  --markdown         print the table for docs/performance.md as well
  --json FILE        write every single figure to FILE
  --keep             keep what the conversions wrote, in bench/.work/out
  --help             print this`;

/**
 * @typedef {object} TraceSize
 * @property {string} label what the tables call it
 * @property {number} megabytes
 * @property {1 | 2} format
 */

/** A command line that cannot be obeyed. */
export class UsageError extends Error {}

/**
 * @param {string[]} argv
 * @returns options with defaults filled in
 * @throws {UsageError}
 */
export function parseOptions(argv) {
  const values = parse(argv);
  return {
    sizes: list(values.sizes).map(traceSize),
    runs: positiveInteger("--runs", values.runs),
    rows: list(values.rows).map(rowName),
    nodeArgs: values["node-args"].split(" ").filter(Boolean),
    markdown: values.markdown,
    json: values.json,
    keep: values.keep,
    help: values.help,
  };
}

function parse(argv) {
  try {
    return parseArgs({
      args: argv,
      options: {
        sizes: { type: "string", default: DEFAULT_SIZES },
        runs: { type: "string", default: "5" },
        rows: { type: "string", default: defaultNames.join(",") },
        "node-args": { type: "string", default: "" },
        markdown: { type: "boolean", default: false },
        json: { type: "string" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

const list = (text) => text.split(",").map((part) => part.trim());

/** @returns {TraceSize} */
function traceSize(text) {
  const [, size, release] = /^(.*?)(@1\.21)?$/.exec(text);
  const megabytes = positiveInteger("--sizes", size);
  if (release === undefined) return { label: `${megabytes} MB`, megabytes, format: 2 };
  return { label: `${megabytes} MB of Go 1.21`, megabytes, format: 1 };
}

function positiveInteger(option, text) {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) {
    throw new UsageError(`${option}: "${text}" is not a whole number above 0`);
  }
  return Number(text);
}

function rowName(text) {
  if (!names.includes(text)) throw new UsageError(`--rows: "${text}" is none of ${names.join(", ")}`);
  return text;
}
