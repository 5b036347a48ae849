import { rmSync } from "node:fs";
import { pendingFiles } from "./output/pending-file.js";
import { ExitCode } from "./process/exit-codes.js";
import { endCaptures, exitCodeOf, handleSignals, stopAll } from "./process/signals.js";
import { tolerateClosedPipes } from "./process/stdio.js";
import { run } from "./program.js";

handleSignals(async (signal) => {
  if (signal === "SIGINT" && endCaptures()) return;
  await stopAll();
  for (const file of pendingFiles()) rmSync(file, { force: true, recursive: true });
  process.exit(exitCodeOf(signal));
});

tolerateClosedPipes();
process.exitCode = await run(process.argv);
// After Ctrl-C the process does not wait for pending answers.
if (process.exitCode === ExitCode.Interrupted) process.exit();
