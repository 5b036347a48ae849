import { rmSync } from "node:fs";
import { pendingFiles } from "./output/pending-file.js";
import { ExitCode } from "./process/exit-codes.js";
import { endCaptures } from "./process/interruption.js";
import { stopAll } from "./process/stopping.js";
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

// Without a listener an error would end the process with a stack trace. Whoever writes data hears of it too; for a
// message there is nobody left to be told.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

process.exitCode = await run(process.argv);
// Whoever has pressed Ctrl-C does not wait for an answer that may still come.
if (process.exitCode === ExitCode.Interrupted) process.exit();
