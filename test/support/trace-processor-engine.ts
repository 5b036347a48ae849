import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { ENGINE_FILE, traceProcessorDir, WASM_FILE } from "./perfetto-tools.js";
import { concat } from "./proto-fields.js";

/** The message port that the engine's worker script talks to; it answers within the call. */
export class EnginePort {
  onmessage: ((message: { data: Uint8Array }) => void) | undefined;
  #replies: Uint8Array[] = [];

  postMessage(reply: Uint8Array): void {
    this.#replies.push(reply);
  }

  request(bytes: Uint8Array): Uint8Array {
    this.onmessage?.({ data: bytes });
    return concat(this.#replies.splice(0));
  }
}

interface WorkerScope {
  readonly location: { readonly href: string };
  onmessage?: (message: { data: EnginePort }) => void;
}

/** Runs the worker script against the given scope: each call starts an engine of its own. */
type WorkerScript = (scope: WorkerScope) => void;

let script: Promise<WorkerScript> | undefined;

/** A new engine. The compiled code is shared, the engine's memory is freed with its port. */
export async function startEngine(): Promise<EnginePort> {
  script ??= loadWorkerScript();
  const start = await script;
  const scope: WorkerScope = { location: { href: "file:///engine.js" } };
  start(scope);
  // The script instantiates synchronously, but finishes its set-up in promise callbacks.
  await new Promise((resolve) => setImmediate(resolve));
  const port = new EnginePort();
  scope.onmessage?.({ data: port });
  return port;
}

/**
 * The script is written for a web worker and refuses to run where it finds Node. So it is compiled as a function
 * whose parameters stand before the globals it asks for: nothing of this process is changed, and any number of
 * engines can be started.
 */
async function loadWorkerScript(): Promise<WorkerScript> {
  const dir = await traceProcessorDir();
  const scriptFile = join(dir, ENGINE_FILE);
  const globals = workerGlobals(new WebAssembly.Module(readFileSync(join(dir, WASM_FILE))));
  const names = ["self", "process", ...Object.keys(globals)];
  const run = compileFunction(readFileSync(scriptFile, "utf8"), names, { filename: scriptFile });
  return (scope) => run(scope, undefined, ...Object.values(globals));
}

function workerGlobals(compiled: WebAssembly.Module): Record<string, unknown> {
  return {
    WorkerGlobalScope: class {},
    WebAssembly: Object.create(WebAssembly, { Module: { value: moduleConstructor(compiled) } }),
    XMLHttpRequest: EmptyDownload,
    console: { log: ignore, warn: ignore, error: ignore },
  };
}

/** Stands for the download of the trace processor's code, which is compiled already. */
class EmptyDownload {
  readonly response = new ArrayBuffer(0);
  open(): void {}
  send(): void {}
}

/** WebAssembly.Module, but the empty download gives the code compiled before, and the 64-bit flavour is refused. */
function moduleConstructor(compiled: WebAssembly.Module): typeof WebAssembly.Module {
  return new Proxy(WebAssembly.Module, {
    construct(Module, [bytes]: [Uint8Array<ArrayBuffer>]) {
      if (bytes.length === 0) return compiled;
      if (needsMemory64(bytes)) throw new Error("only the 32-bit trace processor is there");
      return new Module(bytes);
    },
  });
}

/** Whether it is the script's probe for 64-bit memory: a memory section with one memory that has flag 4. */
function needsMemory64(bytes: Uint8Array): boolean {
  return bytes[8] === 5 && bytes[10] === 1 && bytes[11] === 4;
}

function ignore(): void {}
