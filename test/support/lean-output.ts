import { openTraceFile } from "../../src/node.js";
import type { Trace, TraceOptions } from "../../src/order/trace.js";
import { convert } from "../../src/sink/convert.js";
import { baseInFile, LeanSink } from "../../src/sink/perfetto/lean-sink.js";
import type { PerfettoOptions } from "../../src/sink/perfetto/options.js";
import type { CorpusTrace } from "./corpus.js";
import type { CounterValue } from "./counter-walk.js";
import type { TrackDescriptor } from "./pftrace-packet.js";
import { type PlacedPacket, placePackets } from "./pftrace-placing.js";
import { type Int, readPftrace } from "./pftrace-reader.js";
import { LIKE_GO } from "./reading.js";

/** A slice of a track: its name, and when it begins and ends since the start of the trace. */
export type OutputSlice = readonly [name: string, begin: number, end: number];

const SLICE_BEGIN = 1;
const SLICE_END = 2;
const COUNTER = 4;

/** The bytes of a lean conversion. */
export async function leanBytes(trace: Trace, options: PerfettoOptions = {}): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const write = (bytes: Uint8Array): void => {
    parts.push(bytes.slice());
  };
  await convert(trace, new LeanSink("test", options), { write });
  return new Uint8Array(Buffer.concat(parts));
}

/** The counters and slices of a lean conversion, read without Perfetto. */
export class LeanOutput {
  readonly counters = new Map<string, CounterValue[]>();
  readonly slices = new Map<string, OutputSlice[]>();
  readonly #base: number;
  readonly #names = new Map<unknown, string>();
  /** Interned names of slices by number. */
  readonly #texts = new Map<Int, string>();
  readonly #open = new Map<string, [name: string, begin: number][]>();

  private constructor(packets: readonly PlacedPacket[], base: number) {
    this.#base = base;
    for (const placed of packets) this.#add(placed);
  }

  static async of({ path }: Pick<CorpusTrace, "path">, options: TraceOptions = LIKE_GO): Promise<LeanOutput> {
    const trace = await openTraceFile(path, options);
    const packets = readPftrace(await leanBytes(trace));
    return new LeanOutput(placePackets(packets).packets, baseInFile(trace.timeBase));
  }

  #add({ packet, time, track }: PlacedPacket): void {
    const descriptor = packet.track_descriptor as (TrackDescriptor & { readonly name?: string }) | undefined;
    if (descriptor !== undefined) this.#names.set(descriptor.uuid, descriptor.name ?? "");
    for (const { iid = 0, name } of packet.interned_data?.event_names ?? [])
      this.#texts.set(iid, String(name));
    const event = packet.track_event as { type?: number; name_iid?: Int; counter_value?: number } | undefined;
    const name = this.#names.get(track);
    if (event === undefined || name === undefined || time === undefined) return;
    const at = Number(time) - this.#base;
    if (event.type === COUNTER) append(this.counters, name, [at, event.counter_value ?? 0]);
    else if (event.type === SLICE_BEGIN)
      append(this.#open, name, [this.#texts.get(event.name_iid ?? 0) ?? "", at]);
    else if (event.type === SLICE_END) {
      const [slice = "", begin = Number.NaN] = this.#open.get(name)?.pop() ?? [];
      append(this.slices, name, [slice, begin, at]);
    }
  }
}

function append<Value>(lists: Map<string, Value[]>, name: string, value: Value): void {
  const list = lists.get(name) ?? [];
  list.push(value);
  lists.set(name, list);
}
