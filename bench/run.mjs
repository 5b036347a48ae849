// npm run bench: how fast and how large the reader and the conversions are, beside a loop over Go's own reader.
import { statSync, writeFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { checkBuilt } from "./built.mjs";
import { BenchFailure } from "./failure.mjs";
import { buildGoTools } from "./go-tools.mjs";
import { measureRows } from "./measure.mjs";
import { parseOptions, UsageError, usage } from "./options.mjs";
import { machineText, sizesMarkdown, sizeText } from "./report.mjs";
import { selectRows } from "./rows.mjs";
import { summarize } from "./summary.mjs";
import { prepareTrace } from "./traces.mjs";

async function main(options) {
  const rows = selectRows(options.rows);
  checkBuilt(rows);
  const goTools = buildGoTools(options.sizes.some(({ format }) => format === 1));
  const tools = { ...goTools, node: [process.execPath, ...options.nodeArgs] };
  const machine = describeMachine(goTools.version);
  console.log(machineText(machine));
  const sizes = [];
  for (const size of options.sizes) {
    const path = await prepareTrace(size, goTools.servers);
    const samples = measureRows(rows, { path, ...size }, { ...options, tools });
    const [{ events }] = samples.get("go");
    sizes.push({ size: size.label, bytes: statSync(path).size, events, rows: summarize(rows, samples) });
    console.log(`\n${sizeText(sizes.at(-1))}`);
  }
  if (options.markdown) console.log(`\n${sizesMarkdown(sizes)}`);
  if (options.json) writeJson(options.json, { machine, nodeArgs: options.nodeArgs, sizes });
}

function describeMachine(go) {
  return {
    cpu: cpus()[0]?.model ?? "unknown processor",
    cores: cpus().length,
    memory: totalmem(),
    os: `${platform()} ${release()}`,
    node: process.version,
    go,
  };
}

function writeJson(path, value) {
  try {
    writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw new BenchFailure(`${path} cannot be written: ${error.message}`);
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await main(options);
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`bench: ${error.message}\n${usage}`);
    process.exitCode = 2;
  } else if (error instanceof BenchFailure) {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
