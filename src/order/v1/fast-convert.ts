import { NONE } from "../../base/ids.js";
import { BLOCK_SIZE } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { SpecialProc } from "../../event/special-procs.js";
import { COUNT_SHIFT, LONG_FORM, TYPE_MASK } from "../../wire/v1/event-forms.js";
import { smallVarints } from "../../wire/v1/small-varints.js";
import { wireType } from "../../wire/v1/spec.js";
import type { Emulator } from "./emulator.js";
import { Assists, WaitsFor } from "./goroutine-states.js";
import { NO_GOROUTINE, type StreamCursor } from "./stream-cursor.js";
import { FIRST_TIME, LATEST_TIME, type TickClock } from "./tick-clock.js";
import { Status } from "./transitions.js";

const GO_BLOCK_NET = wireType("GoBlockNet");

// Separate constants: the engine checks a field of an object at every use.
const KIND_START = EventKind.GoStart;
const KIND_STOP = EventKind.GoStop;
const KIND_BLOCK = EventKind.GoBlock;
const KIND_UNBLOCK = EventKind.GoUnblock;
const KIND_CREATE = EventKind.GoCreate;
const KIND_DESTROY = EventKind.GoDestroy;
const KIND_SYSCALL_BEGIN = EventKind.GoSyscallBegin;
const KIND_SYSCALL_END = EventKind.GoSyscallEnd;
const { Runnable, Running, Waiting } = Status;
const ASSISTS = Assists.Yes;
const { Others: FOR_OTHERS, Network: FOR_NETWORK, Syscall: FOR_SYSCALL } = WaitsFor;

/** By type: the kind that a frequent event becomes; −1 for all other types. */
const KINDS = new Int8Array(TYPE_MASK + 1).fill(-1);
/** By type: the number of arguments. The last one is a stack, except for types that start a goroutine. */
const ARGS = new Uint8Array(TYPE_MASK + 1);

function frequent(names: string, kind: EventKind, args: number): void {
  for (const name of names.split(" ")) {
    KINDS[wireType(name)] = kind;
    ARGS[wireType(name)] = args;
  }
}

frequent("GoStart", KIND_START, 2);
frequent("GoStartLocal", KIND_START, 1);
frequent("GoSched GoPreempt", KIND_STOP, 1);
frequent("GoSleep GoBlock GoBlockSend GoBlockRecv GoBlockSelect", KIND_BLOCK, 1);
frequent("GoBlockSync GoBlockCond GoBlockNet GoBlockGC", KIND_BLOCK, 1);
frequent("GoUnblock", KIND_UNBLOCK, 3);
frequent("GoUnblockLocal", KIND_UNBLOCK, 2);
frequent("GoSysCall", KIND_SYSCALL_BEGIN, 1);
frequent("GoCreate", KIND_CREATE, 3);
frequent("GoEnd", KIND_DESTROY, 0);

/** The time and the arguments. */
const values = new Int32Array(4);

/** The next events of a stream. */
export interface StreamRun {
  readonly stream: number;
  /** Events of the stream before another stream's turn. */
  readonly left: number;
  /** In ticks: the time of the next pending end of a system call. */
  readonly until: number;
  /** For each system call: whether it blocks. */
  readonly blockedSyscalls: { has(index: number): boolean };
}

/**
 * Emits the next events of a stream until one is special or the block is full. It works for formats since
 * 1.7, after the description of the trace's start. It leaves everything that is not plain, untouched, to the
 * handlers. The handlers decide the same for every event, only slower. So this function raises no errors of
 * its own, and skipping it changes nothing.
 *
 * @returns number of events taken from the stream
 */
export function convertFast(
  emulator: Emulator,
  cursor: StreamCursor,
  clock: TickClock,
  run: StreamRun,
): number {
  const { stream, left, until, blockedSyscalls } = run;
  const { block, goroutines, procGoroutine, reasons, trace } = emulator;
  const { kind: kinds, time: times, thread: threads, proc: procs, goroutine: contexts } = block;
  const { subject: subjects, slot: slots, name, stack: traces, subjectStack } = block;
  const { status, waitsFor, isUnannounced, assists, index } = goroutines;
  const { pages } = index;
  const { inSyscall } = emulator.fromC;
  const { data } = cursor;
  const { bytes, end } = data;
  const { proc } = cursor.stream;
  let { carried } = cursor;
  let running = carried === NO_GOROUTINE ? -1 : index.get(carried);
  if (procGoroutine[stream] !== carried || proc === NONE || trace.timers.size > 0) return 0;
  if (emulator.salvages && emulator.procRuns[stream] === 0) return 0;
  if (carried !== NO_GOROUTINE && (running < 0 || status[running] !== Running)) return 0;
  const stacks = trace.stacks.ids.dense;
  const thread = emulator.procThread[stream] as number;
  const { first, nsPerTick, last } = clock;
  let { position } = data;
  let { time } = cursor;
  let { lastTime } = emulator;
  let taken = 0;
  let n = block.length;

  while (taken < left && n < BLOCK_SIZE && position < end) {
    const byte = bytes[position] as number;
    const type = byte & TYPE_MASK;
    const kind = KINDS[type] as number;
    if (kind < 0) break;
    const count = ARGS[type] as number;
    const start = position + (byte >> COUNT_SHIFT === LONG_FORM ? 2 : 1);
    const next = smallVarints(bytes, start, count + 1, values);
    if (next < 0 || next > end) break;
    const now = time + (values[0] as number);
    const at = FIRST_TIME + Math.trunc((now - first) * nsPerTick);
    if (now >= until || now < last || !(at <= LATEST_TIME)) break;

    // The stack, if any.
    let stack = 0;
    if (kind !== KIND_START && count > 0) {
      const id = values[count] as number;
      if (id >= stacks.length) break;
      stack = (stacks[id] as number) - 1;
      if (stack < 0) break;
    }
    // The goroutine that the event is about: the running one, or the one in the first argument.
    let goroutine = carried;
    let slot = running;
    if (kind === KIND_START || kind === KIND_UNBLOCK || kind === KIND_CREATE) {
      goroutine = values[1] as number;
      const page = goroutine >>> 10;
      slot = page < pages.length ? ((pages[page] as Int32Array)[goroutine & 1023] as number) - 1 : -1;
      // New goroutines have no slot. Ids far from all others are not in the pages.
      if (slot < 0) slot = index.get(goroutine);
    }
    let context = carried === NO_GOROUTINE ? NONE : carried;
    let isNet = false;

    if (kind === KIND_CREATE) {
      const id = values[2] as number;
      const startStack = id < stacks.length ? (stacks[id] as number) - 1 : -1;
      if (slot >= 0 || startStack < 0 || inSyscall.has(goroutine)) break;
      slot = goroutines.add(goroutine);
      subjectStack[n] = startStack;
    } else {
      if (slot < 0) break;
      if (kind === KIND_START) {
        if (carried !== NO_GOROUTINE || status[slot] !== Runnable || isUnannounced[slot] === 1) break;
        status[slot] = Running;
        carried = goroutine;
        running = slot;
        context = goroutine;
      } else if (kind === KIND_UNBLOCK) {
        if (status[slot] !== Waiting || waitsFor[slot] === FOR_SYSCALL) break;
        status[slot] = Runnable;
        isNet = waitsFor[slot] === FOR_NETWORK;
        waitsFor[slot] = FOR_OTHERS;
      } else if (kind === KIND_SYSCALL_BEGIN) {
        if (blockedSyscalls.has(emulator.syscalls)) break;
        emulator.syscalls++;
      } else {
        if (kind === KIND_DESTROY) {
          if (assists[slot] === ASSISTS || emulator.stopped > 0) break;
          goroutines.delete(goroutine);
        } else {
          status[slot] = kind === KIND_BLOCK ? Waiting : Runnable;
          if (kind === KIND_BLOCK) waitsFor[slot] = type === GO_BLOCK_NET ? FOR_NETWORK : FOR_OTHERS;
          name[n] = reasons[type] as number;
        }
        carried = NO_GOROUTINE;
        running = -1;
      }
    }

    time = now;
    position = next;
    taken++;
    lastTime = at > lastTime ? at : lastTime + 1;
    for (let k = kind; ; k = KIND_SYSCALL_END) {
      kinds[n] = k;
      times[n] = lastTime;
      threads[n] = isNet ? NONE : thread;
      procs[n] = isNet ? SpecialProc.Netpoll : proc;
      contexts[n] = context;
      subjects[n] = goroutine;
      slots[n] = slot;
      traces[n] = stack;
      n++;
      // A system call that keeps its P ends at once.
      if (k !== KIND_SYSCALL_BEGIN) break;
      lastTime++;
    }
    // A table that grows is a new array, and the local variables refer to the old one.
    if (goroutines.status !== status) break;
  }

  block.length = n;
  data.position = position;
  cursor.time = time;
  cursor.carried = carried;
  procGoroutine[stream] = carried;
  if (running >= 0) goroutines.stream[running] = stream;
  emulator.lastTime = lastTime;
  if (taken > 0) clock.last = time;
  return taken;
}
