// What a single executable runs first, in the main thread and in those of batch. The program is an asset rather than
// this script, so that its compiled code can have functions that ran at the build: see `scripts/programs/warm-up.mjs`.
import { getAsset, getRawAsset } from "node:sea";
import { Script } from "node:vm";
import { withConstants } from "./constants.js";

const source = getAsset("program.js", "utf8");
// V8 rejects it if it is empty, and compiles.
const cachedData = new Uint8Array(getRawAsset("program.code") as ArrayBuffer);
const script = withConstants(() => new Script(source, { filename: process.execPath, cachedData }));
script.runInThisContext()(require, __dirname);
