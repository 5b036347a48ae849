import { Diagnostics } from "../../base/diagnostics.js";
import { ByteCursor } from "../../bytes/byte-cursor.js";
import { ByteWriter } from "../../bytes/writer.js";
import { EventBlock } from "../../event/block.js";
import { MemoryBatchStore } from "../../wire/v2/batch-store.js";
import { WireGeneration } from "../../wire/v2/generation.js";
import { wireType } from "../../wire/v2/spec.js";
import { Orderer } from "./orderer.js";

/** Goroutines of each thread, whose ids take one to four bytes. */
const GOROUTINES = [5, 200, 20_000, 2_100_000];
/** Time deltas of one to five bytes. */
const DELTAS = [1, 200, 20_000, 2_100_000, 300_000_000];
/** Stack ids, likewise; only the small ones are in the dense table. */
const STACKS = [1, 200, 20_000];
/** An id that makes the dense tables of ids grow. */
const GROWS = 300;
/** More than the columns of goroutines and threads have room for at first, so that all of them grow once. */
const THREADS = 70;
/** Added to the threads' numbers, so that fields which hold them are doubles from the start. */
const THREAD = 2 ** 33;

let done = false;

/**
 * Orders a small made-up generation once, in which every branch of the fast loop is taken and every column
 * grows.
 *
 * The engine compiles what it has seen. A branch that first comes up after the loop was compiled throws the
 * compiled code away, and so does a column that is replaced by a larger one for the first time. That costs
 * tens of milliseconds each time: a quarter of the time that a trace of 50 MB takes, if it is left to chance.
 */
export function rehearse(): void {
  if (done) return;
  done = true;
  for (const _ of rehearsalBlocks());
}

/** The blocks of the made-up generation, for consumers that have loops of the same sort. */
export function* rehearsalBlocks(): Generator<EventBlock, void, undefined> {
  const store = new MemoryBatchStore();
  const generation = madeUpGeneration(store);
  const orderer = new Orderer(store, new Diagnostics());
  const block = new EventBlock();
  orderer.start(generation, false, block);
  for (let end = false; !end; block.length = 0) {
    end = orderer.fill(block);
    yield block;
  }
}

function madeUpGeneration(store: MemoryBatchStore): WireGeneration {
  const generation = new WireGeneration(1);
  generation.nsPerTick = 64;
  generation.strings.addBatch(batch((w) => [1, GROWS].map((id) => event(w, "String", id, 0))));
  generation.stacks.addBatch(batch((w) => [...STACKS, GROWS].map((id) => event(w, "Stack", id, 0))));
  for (let thread = 1; thread <= THREADS; thread++) {
    const data = batch((w) => script(w, thread)).bytes;
    generation.addEvents(THREAD + thread, store.put(data), 0, data.length, 1000 + thread);
  }
  return generation;
}

/** What a thread does: it takes a P, creates goroutines of its own and runs them through all states. */
function script(w: ByteWriter, thread: number): void {
  event(w, "ProcStatus", 1, thread, 1);
  if (thread === 1) event(w, "GCActive", 1, 1);
  const goroutines = GOROUTINES.map((goroutine) => goroutine + 100 * thread);
  for (const goroutine of goroutines) event(w, "GoCreate", 1, goroutine, 0, 0);
  const stack = STACKS[thread % STACKS.length] as number;
  const delta = DELTAS[thread % DELTAS.length] as number;
  goroutines.forEach((goroutine, i) => {
    event(w, "GoStart", delta, goroutine, 1);
    event(w, "GoSyscallBegin", 3, i + 1, stack);
    event(w, "GoSyscallEnd", delta);
    event(w, "GoStop", 4, 1, stack);
    event(w, "GoStart", 1, goroutine, 2);
    event(w, "GoBlock", delta, 1, stack);
    event(w, "GoUnblock", 1, goroutine, 3, stack);
  });
}

function event(w: ByteWriter, name: string, ...args: number[]): void {
  w.byte(wireType(name));
  for (const arg of args) w.uvarint(arg);
}

function batch(write: (w: ByteWriter) => void): ByteCursor {
  const w = new ByteWriter();
  write(w);
  return new ByteCursor(w.view().slice(), 0, w.length);
}
