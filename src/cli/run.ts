import { rmSync } from "node:fs";
import { pendingFiles } from "./output/pending-file.js";
import { ExitCode } from "./process/exit-codes.js";
import { endCaptures, stopAll } from "./process/signals.js";
import { tolerateClosedPipes } from "./process/stdio.js";
import { run } from "./program.js";

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

for (const [signal, number] of Object.entries(SIGNALS)) {
  process.on(signal, async () => {
    if (signal === "SIGINT" && endCaptures()) return;
    await stopAll();
    for (const file of pendingFiles()) rmSync(file, { force: true, recursive: true });
    process.exit(128 + number);
  });
}

tolerateClosedPipes();
process.exitCode = await run(process.argv);
// After Ctrl-C the process does not wait for pending answers.
if (process.exitCode === ExitCode.Interrupted) process.exit();
