#!/usr/bin/env node
// An older Node stops at the first file whose syntax or imports it does not know. So this file has neither, and loads
// the rest only where it can run.

/** As the package's manifest says. */
const NEEDED = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  await import("./run.js");
} else {
  process.stderr.write(`go2perfetto needs Node ≥ ${NEEDED.join(".")}, this is ${process.version}\n`);
  process.exitCode = 2;
}
