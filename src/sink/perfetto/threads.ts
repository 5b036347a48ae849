import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { ByteWriter, putVarint, varintLength } from "../../bytes/writer.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";

const encoder = new TextEncoder();

/** Goroutines in one group of the UI: opening a group of many thousands takes it a minute. */
const BUCKET = 1000;
/** Thread ids must fit 32 bits. Goroutines from this id on get the next free one. */
const FIRST_FREE_TID = 2 ** 30;
const HIGHEST_PID = 2 ** 31 - 2;
/** Group of the runtime's own goroutines and of what wakes goroutines without being one. */
const RUNTIME = "runtime";
const UNNAMED = "(unknown start function)";

/** Bytes of thread descriptions that are gathered into one packet. */
const PACKET_SIZE = 1 << 14;

const TAG = {
  timestamp: varintTag("TracePacket", "timestamp"),
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  tree: lengthTag("TracePacket", "generic_kernel_process_tree"),
  process: lengthTag("GenericKernelProcessTree", "processes"),
  thread: lengthTag("GenericKernelProcessTree", "threads"),
  processId: varintTag("GenericKernelProcessTree.Process", "pid"),
  parentId: varintTag("GenericKernelProcessTree.Process", "ppid"),
  commandLine: lengthTag("GenericKernelProcessTree.Process", "cmdline"),
  threadId: varintTag("GenericKernelProcessTree.Thread", "tid"),
  threadProcess: varintTag("GenericKernelProcessTree.Thread", "pid"),
  threadName: lengthTag("GenericKernelProcessTree.Thread", "comm"),
} as const;

interface Group {
  readonly name: string;
  pid: number;
  size: number;
  buckets: number;
}

/** A start function of goroutines: its group, and its name as it stands in the file. */
export interface StartFunction {
  readonly name: string;
  readonly group: Group;
  readonly encoded: Uint8Array;
}

/**
 * Makes goroutines known to Perfetto as threads, in "processes" by start function. A goroutine's thread id
 * is its own id wherever that fits.
 */
export class Threads {
  readonly #packets: PacketWriter;
  readonly #groups = new Map<string, Group>();
  readonly #functions = new Map<string, StartFunction>();
  readonly #time: number;
  /** Thread id by the goroutine's slot ({@link EventBlock.slot}); 0 is "not given". */
  tids = new Int32Array(256);
  /** By slot: 1 if the goroutine has its name. */
  named = new Uint8Array(256);
  /** By slot: the goroutine's id. */
  #ids = new Float64Array(256);
  #nextPid = HIGHEST_PID;
  #nextTid = FIRST_FREE_TID;
  readonly #pseudo = new Map<string, number>();
  readonly #tree = new ByteWriter(PACKET_SIZE * 2);
  readonly #entry = new ByteWriter(256);

  /** @param time absolute time of the start of the trace: names hold from there */
  constructor(packets: PacketWriter, time: number) {
    this.#packets = packets;
    this.#time = time;
  }

  /** A goroutine appears. */
  start(slot: number, goroutine: number): void {
    if (slot >= this.tids.length) this.#grow(slot + 1);
    this.#ids[slot] = goroutine;
    this.named[slot] = 0;
    this.tids[slot] = goroutine > 0 && goroutine < FIRST_FREE_TID ? goroutine : this.#nextTid++;
  }

  /** The thread id of a goroutine. */
  tid(slot: number, goroutine: number): number {
    if (slot >= this.tids.length || this.#ids[slot] !== goroutine) this.start(slot, goroutine);
    return this.tids[slot] as number;
  }

  /** Gives a goroutine its name and group. */
  name(slot: number, goroutine: number, func: StartFunction): void {
    const tid = this.tid(slot, goroutine);
    this.named[slot] = 1;
    // The UI shows the thread id behind the name; where it is not the goroutine's, the name must say that.
    const isOwnId = tid === goroutine;
    this.#describe(tid, func.group, isOwnId ? func.encoded : encoder.encode(`${func.name} G${goroutine}`));
  }

  /** What is known of a start function. */
  function(name: string): StartFunction {
    let func = this.#functions.get(name);
    if (func === undefined) {
      func = { name, group: this.#group(groupOf(name)), encoded: encoder.encode(name) };
      this.#functions.set(name, func);
    }
    return func;
  }

  /** A goroutine has ended. */
  end(slot: number, goroutine: number): void {
    if (slot >= this.tids.length || this.#ids[slot] !== goroutine) return;
    if (this.named[slot] !== 1) this.name(slot, goroutine, this.function(UNNAMED));
    this.#ids[slot] = NONE;
    this.named[slot] = 0;
  }

  /** The trace has ended: whoever has no name gets none, and everything is written. */
  finish(): void {
    for (let slot = 0; slot < this.tids.length; slot++) {
      const goroutine = this.#ids[slot] as number;
      if (goroutine > 0) this.end(slot, goroutine);
    }
    this.#flush();
  }

  /** The id of a thread that stands for something which is no goroutine. */
  pseudo(name: string): number {
    let tid = this.#pseudo.get(name);
    if (tid === undefined) {
      tid = this.#nextTid++;
      this.#pseudo.set(name, tid);
      this.#describe(tid, this.#group(RUNTIME), encoder.encode(name));
    }
    return tid;
  }

  /** Writes what has been gathered. */
  #flush(): void {
    if (this.#tree.length === 0) return;
    const packet = new ByteWriter(this.#tree.length + 64);
    packet.uvarint(TAG.timestamp);
    packet.uvarint(this.#time);
    packet.uvarint(TAG.sequence);
    packet.uvarint(Sequence.Sched);
    packet.nested(TAG.tree, this.#tree.view());
    this.#packets.encoded(packet.view());
    this.#tree.clear();
  }

  #grow(length: number): void {
    this.tids = grown(this.tids, length);
    this.named = grown(this.named, length);
    this.#ids = grown(this.#ids, length);
  }

  #describe(tid: number, group: Group, name: Uint8Array): void {
    if (group.size === BUCKET) this.#newBucket(group);
    group.size++;
    const tree = this.#tree;
    // Four tags and a length of a byte each, and at most twelve bytes of numbers; long names take more.
    const length =
      2 + varintLength(tid) + varintLength(group.pid) + 1 + varintLength(name.length) + name.length;
    tree.reserve(length + 24);
    const { buffer } = tree;
    let at = tree.length;
    buffer[at++] = TAG.thread;
    at = putVarint(buffer, at, length);
    buffer[at++] = TAG.threadId;
    at = putVarint(buffer, at, tid);
    buffer[at++] = TAG.threadProcess;
    at = putVarint(buffer, at, group.pid);
    buffer[at++] = TAG.threadName;
    at = putVarint(buffer, at, name.length);
    for (let i = 0; i < name.length; i++) buffer[at + i] = name[i] as number;
    tree.length = at + name.length;
    if (tree.length >= PACKET_SIZE) this.#flush();
  }

  #newBucket(group: Group): void {
    group.pid = this.#nextPid--;
    group.size = 0;
    group.buckets++;
    const suffix = group.buckets === 1 ? "" : `·${group.buckets}`;
    const entry = this.#entry;
    entry.clear();
    entry.uvarint(TAG.processId);
    entry.uvarint(group.pid);
    entry.uvarint(TAG.parentId);
    entry.uvarint(0);
    // Perfetto cuts the name at the first space; start functions with struct type arguments have some.
    entry.nested(TAG.commandLine, encoder.encode(`${group.name.replaceAll(" ", "\u00a0")}${suffix}`));
    this.#tree.nestedWriter(TAG.process, entry);
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { name, pid: 0, size: BUCKET, buckets: 0 };
      this.#groups.set(name, group);
    }
    return group;
  }
}

/** The group of a start function: the runtime's own goroutines are all in one. */
function groupOf(func: string): string {
  return func.startsWith("runtime.") && func !== "runtime.main" ? RUNTIME : func;
}
