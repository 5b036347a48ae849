import { Diagnostics } from "../../base/diagnostics.js";
import { ByteCursor } from "../../bytes/byte-cursor.js";
import { ByteWriter } from "../../bytes/writer.js";
import { EventBlock } from "../../event/block.js";
import { MemoryBatchStore } from "../../wire/batch-store.js";
import { WireGeneration } from "../../wire/v2/generation.js";
import { wireType } from "../../wire/v2/spec.js";
import { readStacks, readStrings } from "../../wire/v2/tables.js";
import { type Attempt, Orderer } from "./orderer.js";

/** Goroutine ids of one to four bytes, one range per thread. */
const GOROUTINES = [5, 200, 20_000, 2_100_000];
/** Time deltas of one to five bytes. */
const DELTAS = [1, 200, 20_000, 2_100_000, 300_000_000];
/** Stack ids of one to three bytes. Only the small ones are in the dense table. */
const STACKS = [1, 200, 20_000];
/** An id beyond the dense id tables, so that they grow. */
const GROWS = 300;
/**
 * More threads than the initial capacity of the columns of goroutines and threads, so that every column grows
 * once.
 */
const THREADS = 20;
/** Goroutines per thread that make the loop hot. */
const MANY = 16;
/** Added to thread numbers, so that fields that hold them are doubles from the start. */
const THREAD = 2 ** 33;

let done = false;

/**
 * Orders small made-up generations that take every branch of the fast loop and grow every column.
 *
 * The engine compiles what it has seen. If a branch first runs after the loop was compiled, the engine
 * discards the compiled code. The first replacement of a column by a larger one does the same. Each time
 * costs tens of milliseconds: without the rehearsal, a quarter of the time for a 50 MB trace.
 *
 * Two short generations show every case. They differ in the function that the loop calls for rare events, so
 * the engine does not inline the only one that it has seen. The longer generation after them makes the engine
 * compile the loop. It compiles in the background while the tables of the real trace are read.
 */
export function rehearse(): void {
  if (done) return;
  done = true;
  order(1);
  order(1, (attempt) => (place) => attempt(place));
  order(MANY);
}

/** Orders a generation whose threads have `goroutines` goroutines each. */
function order(goroutines: number, slow?: (attempt: Attempt) => Attempt): void {
  const store = new MemoryBatchStore();
  const generation = madeUpGeneration(store, goroutines);
  const orderer = new Orderer(store, new Diagnostics(), slow && { slow });
  const block = new EventBlock();
  orderer.start(generation, block);
  while (!orderer.fill(block)) block.length = 0;
}

function madeUpGeneration(store: MemoryBatchStore, goroutines: number): WireGeneration {
  const generation = new WireGeneration(1);
  generation.nsPerTick = 64;
  readStrings(
    batch((w) => [1, GROWS].map((id) => event(w, "String", id, 0))),
    generation.strings,
  );
  readStacks(
    batch((w) => [...STACKS, GROWS].map((id) => event(w, "Stack", id, 0))),
    generation.stacks,
  );
  for (let thread = 1; thread <= THREADS; thread++) {
    const data = batch((w) => script(w, thread, goroutines)).bytes;
    generation.addEvents(THREAD + thread, store.put(data), 0, data.length, 1000 + thread);
  }
  return generation;
}

/** A thread's events: it takes a P, creates its own goroutines and runs them through all states. */
function script(w: ByteWriter, thread: number, count: number): void {
  event(w, "ProcStatus", 1, thread, 1);
  if (thread === 1) event(w, "GCActive", 1, 1);
  const goroutines = Array.from(
    { length: count },
    (_, i) => (GOROUTINES[(thread + i) % GOROUTINES.length] as number) + 100 * thread + Math.floor(i / 4),
  );
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
  const w = new ByteWriter(256);
  write(w);
  return new ByteCursor(w.view().slice(), 0, w.length);
}
