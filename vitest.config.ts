import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./test/support/slowest-first.js";

/** `npm test` runs in this mode: without what is tagged `long`, and over fewer inputs (`test/support/quick.ts`). */
const QUICK = "quick";
const ROOT = fileURLToPath(new URL("test/", import.meta.url));

/** Files that are long as a whole. They are not even loaded then: what they need is looked for when they are. */
function longFiles(): string[] {
  return readdirSync(ROOT, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .filter((file) => readFileSync(ROOT + file, "utf8").startsWith("// @module-tag long\n"))
    .map((file) => `test/${file}`);
}

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts"],
    tags: [
      { name: "long", description: "takes more than two seconds of CPU time: npm run test:all" },
      { name: "slowest", description: "takes more than a minute of a whole run, which begins with it" },
    ],
    sequence: { sequencer: SlowestFirst },
    ...(mode === QUICK && { tagsFilter: ["!long"], exclude: longFiles() }),
    env: { QUICK: mode === QUICK ? "1" : "" },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What a test waits for comes late on a busy machine, and some things pass by soon.
    expect: { poll: { timeout: 30_000, interval: 20 } },
    pool: "forks",
    // A process runs file after file: to start one and to load the sources again takes as long as most files' tests.
    isolate: false,
    // One more than there are processors: tests of captures and of signals wait most of their time.
    maxWorkers: availableParallelism() + 1,
    globalSetup: ["./test/support/temporary-files.ts"],
    setupFiles: ["./test/support/setup.ts"],
    reporters: ["default", "./test/support/closing-line.ts"],
    // The closing lines say all of that at once.
    onConsoleLog: (log) => !log.startsWith("left out: "),
  },
}));
