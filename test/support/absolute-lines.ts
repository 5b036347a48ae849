import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import type { Trace } from "../../src/order/trace.js";
import { eventText } from "../../src/sink/text/event-text.js";
import { readBlocks } from "./reading.js";

/** An event with its time on the trace clock. */
export interface AbsoluteLine {
  readonly time: number;
  /** As `dump` prints it, without the time. */
  readonly text: string;
}

/** The events of a trace, without sync events and snapshots of parts. */
export async function absoluteLines(trace: Trace): Promise<AbsoluteLine[]> {
  const lines: AbsoluteLine[] = [];
  await readBlocks(trace, (block: EventBlock) => {
    if (block.generation?.isSnapshot) return;
    for (let i = 0; i < block.length; i++) {
      if (block.kind[i] === EventKind.Sync) continue;
      const text = eventText(block, i);
      const time = trace.timeBase + (block.time[i] as number);
      lines.push({ time, text: text.slice(text.indexOf(" ") + 1) });
    }
  });
  return lines;
}
