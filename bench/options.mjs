import { parseArgs } from "node:util";
import { rows } from "./rows.mjs";

const names = rows.map(({ name }) => name);

export const usage = `usage: npm run bench -- [options]
  --sizes 5,50,200   sizes of the traces in MB (10^6 bytes)
  --runs 5           runs of each row; the tables show medians
  --rows ${names.join(",")}
                     what to measure; Go's loop always comes along
  --node-args=ARGS   arguments for Node itself, separated by spaces: --node-args="--max-semi-space-size=8"
  --markdown         print the table for the README as well
  --json FILE        write every single figure to FILE
  --keep             keep what the conversions wrote, in bench/.work/out
  --help             print this`;

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
    sizes: list(values.sizes).map((text) => positiveInteger("--sizes", text)),
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
        sizes: { type: "string", default: "5,50,200" },
        runs: { type: "string", default: "5" },
        rows: { type: "string", default: names.join(",") },
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
