import { MalformedBytes } from "../../src/bytes/byte-cursor.js";
import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS } from "../../src/event/kind.js";
import type { Trace } from "../../src/order/trace.js";
import { isRun, type StoredPart } from "../../src/wire/observer.js";
import { runEvents } from "../../src/wire/v1/run-events.js";
import { wireName as nameOfFormat1 } from "../../src/wire/v1/spec.js";
import { decodeEvent, RawEvent } from "../../src/wire/v2/event-decoder.js";
import { wireEvent } from "../../src/wire/v2/spec.js";

/** Stored events of the formats before Go 1.22 that are one ordered event each, whatever is around them. */
const AS_STORED: Readonly<Record<string, string>> = {
  HeapAlloc: "HeapAlloc",
  GCStart: "GcBegin",
  GCDone: "GcEnd",
  GCSweepStart: "SweepBegin",
  GCSweepDone: "SweepEnd",
  GCMarkAssistStart: "AssistBegin",
  GCMarkAssistDone: "AssistEnd",
  GoSysCall: "GoSyscallBegin",
  GoEnd: "GoDestroy",
  UserLog: "Log",
};

/**
 * Keeps account of what a trace stores and of what its reader gives. Events are lost in silence where fewer of a kind are
 * given than stored, and neither an error nor a count of losses says that anything is missing.
 */
export class Ledger {
  readonly #balance = new Map<string, number>();
  readonly #event = new RawEvent();

  /** Takes a part of the input, as the reader's observer is given it. */
  readonly stored = (part: StoredPart): void => {
    if (isRun(part)) {
      for (const { type } of runEvents(part)) this.#count(AS_STORED[nameOfFormat1(type)], -1);
    } else if (!part.isEndOfGeneration && part.experiment === 0) this.#events(part.data);
  };

  /** Takes events as they are given. */
  readonly given = ({ kind, length }: EventBlock): void => {
    for (let i = 0; i < length; i++) this.#count(EVENT_KINDS[kind[i] as number]?.name, 1);
  };

  /** What was lost without a word. @param size of the input */
  missing(trace: Trace, error: unknown, size: number): string[] {
    if (error !== undefined || trace.diagnostics.losses().length > 0) return [];
    const lacking = [...this.#balance].filter(([, count]) => count < 0);
    const unread = size - trace.bytesRead;
    return [
      ...lacking.map(([kind, count]) => `${-count} ${kind} are missing`),
      ...(unread > 0 ? [`${unread} bytes are not read`] : []),
    ];
  }

  #events(data: Uint8Array): void {
    try {
      for (let position = 0; position < data.length; position = this.#event.end) {
        decodeEvent(data, position, data.length, this.#event);
        const kind = wireEvent(this.#event.type)?.kind;
        if (kind !== undefined) this.#count(EVENT_KINDS[kind]?.name, -1);
      }
    } catch (error) {
      // It is a table, or broken: the reader has to tell.
      if (!(error instanceof MalformedBytes)) throw error;
    }
  }

  #count(kind: string | undefined, by: number): void {
    if (kind !== undefined) this.#balance.set(kind, (this.#balance.get(kind) ?? 0) + by);
  }
}
