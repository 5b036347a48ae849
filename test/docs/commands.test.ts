// @module-tag long

import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, fixture } from "../cli/command.js";
import { blocksOf, pages, ROOT } from "../support/markdown.js";
import { OddServer } from "../support/odd-server.js";
import { FakeEndpoint } from "../support/otlp/fake-endpoint.js";

/** A command of a page, with what it prints there. */
interface Step {
  readonly command: string;
  readonly output: string;
}

/** They need a browser, which test/cli/commands/open/open.test.ts and test/web/page.test.ts have. */
const NOT_RUN = /^go2perfetto (open |page\b)/;
/** Stands before each exit code between the outputs. */
const MARK = "\u0001";

let program: OddServer;
let collector: FakeEndpoint;

beforeAll(async () => {
  const trace = readFileSync(fixture("sync-go1.26.trace"));
  program = await OddServer.start((_request, response) => {
    response.setHeader("Content-Type", "application/octet-stream");
    response.end(trace);
  });
  collector = await FakeEndpoint.start(() => undefined);
});

afterAll(async () => {
  await program.close();
  await collector.close();
});

const withCommands = pages().filter((page) => stepsOf(page).length > 0);

test("there are pages with commands", () => {
  expect(withCommands.length).toBeGreaterThan(7);
});

describe.each(withCommands)("%s", (page) => {
  const blocks = blocksOf(page, "console").map(stepsOfBlock);

  test.each(blocks.map((steps): [string, readonly Step[]] => [steps[0]?.command ?? "", steps]))(
    "its commands do what it says: %s",
    async (_first, steps) => {
      const run = steps.filter(({ command }) => !NOT_RUN.test(command));
      for (const { command } of run) expect(command).toMatch(/^(go2perfetto |node examples\/|echo \$\?$)/);
      const results = await runAll(run.map(({ command }) => command));
      run.forEach(({ command, output }, i) => {
        const { code, text } = results[i] ?? { code: -1, text: "" };
        if (output !== "") expect(text).toMatch(patternOf(output));
        if (!run[i + 1]?.command.startsWith("echo $?"))
          expect([command, code, text]).toEqual([command, 0, text]);
      });
    },
  );
});

function stepsOf(page: string): Step[] {
  return blocksOf(page, "console").flatMap(stepsOfBlock);
}

function stepsOfBlock(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command = "", ...output] = step.trimEnd().split("\n");
      return { command, output: output.join("\n") };
    });
}

/** What an output of a page stands for: … is anything. */
function patternOf(output: string): RegExp {
  const parts = output.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`);
}

/** Runs commands one after the other in a folder with traces, beside a program and a collector that answer. */
async function runAll(commands: readonly string[]): Promise<{ code: number; text: string }[]> {
  const main = join(ROOT, "dist/cli/main.js");
  const define = `go2perfetto() { "${process.execPath}" "${main}" "$@"; }`;
  const lines = commands.map((command) => {
    const line = command.replaceAll("localhost:6060", program.address);
    return `${line}\n__code=$?; printf '${MARK}%s${MARK}' $__code; (exit $__code)`;
  });
  const child = spawn("bash", ["-c", [define, ...lines].join("\n")], {
    cwd: exampleFolder(),
    env: { ...process.env, NO_COLOR: "1", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (some) => (text += some));
  await new Promise((resolve) => child.once("close", resolve));
  const shown = text
    .replaceAll(collector.url, "http://localhost:4318")
    .replaceAll(program.address, "localhost:6060")
    .replaceAll(program.address.replace(":", "-"), "localhost-6060");
  const parts = shown.split(MARK);
  return commands.map((_command, i) => ({
    code: Number(parts[2 * i + 1]),
    text: (parts[2 * i] ?? "").replace(/^\n+|\s+$/g, ""),
  }));
}

/** Traces under the names that the pages use. */
function exampleFolder(): string {
  const folder = emptyFolder();
  const copy = (name: string, to: string) => copyFileSync(fixture(name), join(folder, to));
  for (const name of ["trace.out", "after.out"]) copy("sync-go1.26.trace", name);
  copy("gomaxprocs-go1.26.trace", "before.out");
  copy("http.trace", "http.trace");
  writeFileSync(join(folder, "killed.trace"), readFileSync(fixture("http.trace")).subarray(0, 700_000));
  for (const name of ["traces", "old", "old/2025"]) mkdirSync(join(folder, name));
  copy("sync-go1.26.trace", "traces/some.out");
  copy("hello-go1.26.trace", "old/2025/hello.out");
  copy("annotations-go1.26.trace", "more.trace");
  writeFileSync(join(folder, "more.txt"), "more.trace\n");
  for (const name of ["test", "examples"]) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}
