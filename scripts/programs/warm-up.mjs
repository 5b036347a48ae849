// Runs a program's script so that V8 compiles what most runs need, and writes the compiled code:
// node warm-up.mjs SCRIPT CODE, with the program's release of Node.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { withConstants } from "../../src/cli/executable/constants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [, , path, code] = process.argv;
const conversion = [
  join(root, "test/fixtures/sync-go1.26.trace"),
  "-q",
  "-o",
  join(dirname(code), "warm-up.pftrace"),
];
/** The command lines that are run. */
const runs = [conversion, [...conversion, "--detail", "lean"]];

const require = createRequire(import.meta.url);
/** The program finds its assets in the folder of the project. */
const sea = { isSea: () => true, getAsset: (name) => readFileSync(join(root, name), "utf8") };
const { getBuiltinModule } = process;
process.getBuiltinModule = (name) => (name === "node:sea" ? sea : getBuiltinModule(name));

// V8 forgets the code of what has not run for a while.
setFlagsFromString("--no-flush-bytecode");
const script = withConstants(() => new Script(readFileSync(path, "utf8")));
const program = script.runInThisContext();
next();

function next() {
  const args = runs.shift();
  if (args === undefined) return finish();
  process.argv = [process.execPath, path, ...args];
  program(require, root);
  process.once("beforeExit", next);
}

function finish() {
  setFlagsFromString("--flush-bytecode");
  writeFileSync(
    code,
    withConstants(() => script.createCachedData()),
  );
}
