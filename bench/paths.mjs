import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** This folder. */
export const benchDir = dirname(fileURLToPath(import.meta.url));
/** The project. */
export const rootDir = dirname(benchDir);
/** Everything that the benchmark makes; safe to delete. */
export const workDir = join(benchDir, ".work");
