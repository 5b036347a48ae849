// npm run fuzz -- [--minutes N] [--runs N] [--seed S] [--first I] [--file TRACE]
import { rmSync } from "node:fs";
import { bundleFuzzer } from "./bundle.mjs";

const { dir, main, subject } = await bundleFuzzer();
try {
  process.exitCode = await (await import(main)).main(process.argv.slice(2), subject);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
