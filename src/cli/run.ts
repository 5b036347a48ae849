import { rmSync } from "node:fs";
import { pendingFiles } from "./output/pending-file.js";
import { ExitCode } from "./process/exit-codes.js";
import { endCaptures, exitCodeOf, handleSignals, stopAll } from "./process/signals.js";
import { tolerateClosedPipes } from "./process/stdio.js";
import { run } from "./program.js";

handleSignals(async (signal) => {
  if (signal === "SIGINT" && endCaptures()) return;
  const code = await stopAll();
  for (const file of pendingFiles()) rmSync(file, { force: true, recursive: true });
  process.exit(code ?? exitCodeOf(signal));
});

tolerateClosedPipes();
// Not awaited here: a single executable is one script of the older kind, which cannot wait at its top.
void run(process.argv).then((code) => {
  process.exitCode = code;
  // After Ctrl-C the process does not wait for pending answers.
  if (code === ExitCode.Interrupted) process.exit();
});
