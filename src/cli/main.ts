#!/usr/bin/env node
// An older Node fails at the first file with unknown syntax or imports. This file has neither. It loads the
// rest only on a supported version.

/** As in package.json. */
const NEEDED = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  (await import("./process/compile-cache.js")).keepCompiledCode();
  await import("./run.js");
} else {
  process.stderr.write(`go2perfetto needs Node ≥ ${NEEDED.join(".")}, this is ${process.version}\n`);
  process.exitCode = 2;
}
