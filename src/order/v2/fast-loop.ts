import { BLOCK_SIZE } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { TIMED_ARGS } from "../../wire/v2/event-decoder.js";
import { wireType } from "../../wire/v2/spec.js";
import type { Emulator } from "./emulator.js";
import { CURSOR_SHIFT, Cursor, type Frontier } from "./frontier.js";
import { GoStatus, ProcStatus } from "./scheduler-state.js";

const GO_START = wireType("GoStart");
const GO_STOP = wireType("GoStop");
const GO_BLOCK = wireType("GoBlock");
const GO_UNBLOCK = wireType("GoUnblock");
const GO_SYSCALL_BEGIN = wireType("GoSyscallBegin");
const GO_SYSCALL_END = wireType("GoSyscallEnd");

// Separate constants: the engine checks a field of an object at every use.
const { Type: TYPE, Position: POSITION, End: END, Context: CONTEXT } = Cursor;
const KIND_START = EventKind.GoStart;
const KIND_STOP = EventKind.GoStop;
const KIND_BLOCK = EventKind.GoBlock;
const KIND_UNBLOCK = EventKind.GoUnblock;
const KIND_SYSCALL_BEGIN = EventKind.GoSyscallBegin;
const KIND_SYSCALL_END = EventKind.GoSyscallEnd;

const { Runnable, Running, Waiting, Syscall } = GoStatus;
const { Running: PROC_RUNNING, Syscall: PROC_SYSCALL } = ProcStatus;

/**
 * Emits the frontier's earliest events until the block is full, a CPU sample is due, or the earliest event is
 * not ready.
 *
 * This function handles the six kinds that make up nine tenths of a trace, as long as nothing about them is
 * special. It leaves the rest, untouched, to the handlers: another kind, an id beyond the dense tables, a
 * varint of more than four bytes, anything that looks wrong. The handlers decide the same for every event,
 * only slower. So this function raises no errors of its own, and skipping it changes nothing.
 *
 * It is one large function on purpose: calls and fields in place of local variables double the time.
 *
 * @param sampleTime time of the next CPU sample; an event after it must wait
 * @param slow lets the handlers try the earliest event; returns the position after it, or −1 for "not yet"
 * @returns false if the earliest event is not ready
 */
export function runFast(
  emulator: Emulator,
  frontier: Frontier,
  sampleTime: number,
  slow: (place: number) => number,
): boolean {
  const { heap, times, cursors, buffers, nsPerTick } = frontier;
  const { block, threads, goroutines, procs, sequenceBase } = emulator;
  const { kind, time: outTime, storedTime, thread, proc, goroutine, subject, slot: slots } = block;
  const { name, stack } = block;
  const { thread: threadIds, proc: threadProcs, goroutine: threadGoroutines, slot: threadSlots } = threads;
  const { status: goStatus, sequence: goSequence } = goroutines;
  const { status: procStatus, sequence: procSequence } = procs;
  const { pages: goPages, ids: goIds } = goroutines.index;
  const { pages: procPages } = procs.index;
  const strings = emulator.strings.ids.dense;
  const stacks = emulator.generation.stacks.ids.dense;
  let n = block.length;
  let { size } = frontier;
  let { lastTime } = emulator;

  outer: while (n < BLOCK_SIZE && (times[0] as number) <= sampleTime) {
    const cursor = heap[0] as number;
    const row = cursor << CURSOR_SHIFT;
    const end = cursors[row + END] as number;
    const context = cursors[row + CONTEXT] as number;
    const buffer = buffers[cursor] as Uint8Array;
    // The earliest event. These variables stay valid as long as the same thread has the next event.
    let at = times[0] as number;
    let type = cursors[row + TYPE] as number;
    let start = cursors[row + POSITION] as number;

    for (;;) {
      let position = start;
      let taken = false;
      // biome-ignore lint/suspicious/noConfusingLabels: every way out of it leads to the handlers, without a call or a flag
      plain: {
        // The thread's first event: see ThreadContexts.seen.
        if (context < 0) break plain;
        // The first argument, if any: a goroutine, a reason or a P's sequence number.
        let first = 0;
        if (type !== GO_SYSCALL_END) {
          if (type < GO_START || type > GO_SYSCALL_BEGIN) break plain;
          let byte = buffer[position++] as number;
          first = byte & 0x7f;
          if (byte > 0x7f) {
            byte = buffer[position++] as number;
            first |= (byte & 0x7f) << 7;
            if (byte > 0x7f) {
              byte = buffer[position++] as number;
              first |= (byte & 0x7f) << 14;
              if (byte > 0x7f) {
                byte = buffer[position++] as number;
                first |= byte << 21;
                if (byte > 0x7f) break plain;
              }
            }
          }
        }

        // The second argument: a sequence number or a stack.
        let second = 0;
        if (type !== GO_SYSCALL_END) {
          let byte = buffer[position++] as number;
          second = byte & 0x7f;
          if (byte > 0x7f) {
            byte = buffer[position++] as number;
            second |= (byte & 0x7f) << 7;
            if (byte > 0x7f) {
              byte = buffer[position++] as number;
              second |= (byte & 0x7f) << 14;
              if (byte > 0x7f) {
                byte = buffer[position++] as number;
                second |= byte << 21;
                if (byte > 0x7f) break plain;
              }
            }
          }
        }

        const p = threadProcs[context] as number;
        const g = threadGoroutines[context] as number;

        if (type === GO_START) {
          if (position > end || g !== -1 || p < 0) break plain;
          const page = first >>> 10;
          if (page >= goPages.length) break plain;
          const slot = ((goPages[page] as Int32Array)[first & 1023] as number) - 1;
          if (slot < 0 || goStatus[slot] !== Runnable) break plain;
          const sequence = sequenceBase + second;
          if ((goSequence[slot] as number) + 1 !== sequence) break plain;
          goStatus[slot] = Running;
          goSequence[slot] = sequence;
          threadGoroutines[context] = first;
          threadSlots[context] = slot;
          kind[n] = KIND_START;
          subject[n] = first;
          slots[n] = slot;
        } else if (type === GO_UNBLOCK) {
          let byte = buffer[position++] as number;
          let third = byte & 0x7f;
          if (byte > 0x7f) {
            byte = buffer[position++] as number;
            third |= (byte & 0x7f) << 7;
            if (byte > 0x7f) {
              byte = buffer[position++] as number;
              third |= byte << 14;
              if (byte > 0x7f) break plain;
            }
          }
          const page = first >>> 10;
          if (position > end || page >= goPages.length || third >= stacks.length) break plain;
          const slot = ((goPages[page] as Int32Array)[first & 1023] as number) - 1;
          if (slot < 0 || goStatus[slot] !== Waiting) break plain;
          const sequence = sequenceBase + second;
          const trace = (stacks[third] as number) - 1;
          if ((goSequence[slot] as number) + 1 !== sequence || trace < 0) break plain;
          goStatus[slot] = Runnable;
          goSequence[slot] = sequence;
          kind[n] = KIND_UNBLOCK;
          subject[n] = first;
          slots[n] = slot;
          stack[n] = trace;
        } else {
          // The other kinds are about the running goroutine.
          if (position > end || p < 0) break plain;
          const slot = threadSlots[context] as number;
          if (slot < 0 || goIds[slot] !== g) break plain;
          if (type === GO_STOP || type === GO_BLOCK) {
            if (goStatus[slot] !== Running || first >= strings.length || second >= stacks.length) break plain;
            const reason = (strings[first] as number) - 1;
            const trace = (stacks[second] as number) - 1;
            if (reason < 0 || trace < 0) break plain;
            const stopped = type === GO_STOP;
            goStatus[slot] = stopped ? Runnable : Waiting;
            threadGoroutines[context] = -1;
            kind[n] = stopped ? KIND_STOP : KIND_BLOCK;
            name[n] = reason;
            stack[n] = trace;
          } else {
            if (p >= 0x7fffffff) break plain;
            const procPage = p >>> 10;
            if (procPage >= procPages.length) break plain;
            const procSlot = ((procPages[procPage] as Int32Array)[p & 1023] as number) - 1;
            if (procSlot < 0) break plain;
            if (type === GO_SYSCALL_BEGIN) {
              if (goStatus[slot] !== Running || second >= stacks.length) break plain;
              const sequence = sequenceBase + first;
              const trace = (stacks[second] as number) - 1;
              if ((procSequence[procSlot] as number) + 1 !== sequence || trace < 0) break plain;
              goStatus[slot] = Syscall;
              procStatus[procSlot] = PROC_SYSCALL;
              procSequence[procSlot] = sequence;
              kind[n] = KIND_SYSCALL_BEGIN;
              stack[n] = trace;
            } else if (type === GO_SYSCALL_END) {
              if (goStatus[slot] !== Syscall || procStatus[procSlot] !== PROC_SYSCALL) break plain;
              goStatus[slot] = Running;
              procStatus[procSlot] = PROC_RUNNING;
              kind[n] = KIND_SYSCALL_END;
            } else break plain;
          }
          subject[n] = g;
          slots[n] = slot;
        }

        lastTime = at > lastTime ? at : lastTime + 1;
        outTime[n] = lastTime;
        storedTime[n] = at;
        thread[n] = threadIds[context] as number;
        proc[n] = p;
        goroutine[n] = g;
        n++;
        taken = true;
      }

      if (!taken) {
        block.length = n;
        emulator.lastTime = lastTime;
        times[0] = at;
        cursors[row + TYPE] = type;
        cursors[row + POSITION] = start;
        position = slow(0);
        n = block.length;
        lastTime = emulator.lastTime;
        if (position < 0) return false;
        // A table that grows is a new array, and the local variables refer to the old one.
        if (
          context < 0 ||
          goroutines.status !== goStatus ||
          threads.slot !== threadSlots ||
          procs.status !== procStatus
        ) {
          frontier.advance(0, position);
          return true;
        }
      }

      // The next event of the same thread: its type and time.
      const before = position;
      const next = buffer[position++] as number;
      let byte = buffer[position++] as number;
      let delta = byte & 0x7f;
      if (byte > 0x7f) {
        byte = buffer[position++] as number;
        delta |= (byte & 0x7f) << 7;
        if (byte > 0x7f) {
          byte = buffer[position++] as number;
          delta |= (byte & 0x7f) << 14;
          if (byte > 0x7f) {
            byte = buffer[position++] as number;
            delta |= (byte & 0x7f) << 21;
          }
        }
      }
      if (byte > 0x7f || position > end || (TIMED_ARGS[next] as number) < 0) {
        // The end of a batch, or something rare.
        times[0] = at;
        frontier.advance(0, before);
        size = frontier.size;
        if (size === 0) break outer;
        break;
      }
      at += Math.trunc(delta * nsPerTick);
      type = next;
      start = position;
      const isEarliest = (size < 2 || (times[1] as number) >= at) && (size < 3 || (times[2] as number) >= at);
      if (isEarliest && n < BLOCK_SIZE && at <= sampleTime) continue;
      cursors[row + TYPE] = type;
      cursors[row + POSITION] = start;

      // Sift the heap's top down.
      let place = 0;
      for (let child = 1; child < size; child = 2 * place + 1) {
        let least = times[child] as number;
        if (child + 1 < size) {
          const right = times[child + 1] as number;
          if (right < least) {
            least = right;
            child++;
          }
        }
        // An equal child stays below, as in Go's heap; of equal children the left one rises.
        if (least >= at) break;
        heap[place] = heap[child] as number;
        times[place] = least;
        place = child;
      }
      heap[place] = cursor;
      times[place] = at;
      break;
    }
  }

  emulator.lastTime = lastTime;
  block.length = n;
  return true;
}
