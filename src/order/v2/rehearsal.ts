import { Diagnostics } from "../../base/diagnostics.js";
import { ByteCursor } from "../../bytes/byte-cursor.js";
import { ByteWriter } from "../../bytes/writer.js";
import { EventBlock } from "../../event/block.js";
import { MemoryBatchStore } from "../../wire/batch-store.js";
import { WireGeneration } from "../../wire/v2/generation.js";
import { wireType } from "../../wire/v2/spec.js";
import { readStacks, readStrings } from "../../wire/v2/tables.js";
import { type Attempt, Orderer } from "./orderer.js";

/** Goroutines of each thread, whose ids take one to four bytes. */
const GOROUTINES = [5, 200, 20_000, 2_100_000];
/** Time deltas of one to five bytes. */
const DELTAS = [1, 200, 20_000, 2_100_000, 300_000_000];
/** Stack ids, likewise; only the small ones are in the dense table. */
const STACKS = [1, 200, 20_000];
/** An id that makes the dense tables of ids grow. */
const GROWS = 300;
/** More than the columns of goroutines and threads have room for at first, so that all of them grow once. */
const THREADS = 20;
/** Goroutines of each thread that make the loop hot. */
const MANY = 16;
/** Added to the threads' numbers, so that fields which hold them are doubles from the start. */
const THREAD = 2 ** 33;

let done = false;

/**
 * Orders small made-up generations, in which every branch of the fast loop is taken and every column grows.
 *
 * The engine compiles what it has seen. A branch that first comes up after the loop was compiled throws the
 * compiled code away, and so does a column that is replaced by a larger one for the first time. That costs
 * tens of milliseconds each time: a quarter of the time that a trace of 50 MB takes, if it is left to chance.
 *
 * Two short generations show all there is. They differ in what the loop calls for rare events: so the engine does not
 * make the only one it has seen a part of the loop. The longer one after them makes the engine compile the loop,
 * which it does beside us while the tables of the real trace are read.
 */
export function rehearse(): void {
  if (done) return;
  done = true;
  order(1);
  order(1, (attempt) => (place) => attempt(place));
  order(MANY);
}

/** Orders a generation whose threads have that many goroutines each. */
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

/** What a thread does: it takes a P, creates goroutines of its own and runs them through all states. */
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
