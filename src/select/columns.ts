import type { EventBlock } from "../event/block.js";
import { copyEvent } from "../event/copy-event.js";

/** Removes the first events of a block. */
export function dropFront(block: EventBlock, count: number): void {
  if (count === 0) return;
  for (let i = count; i < block.length; i++) copyEvent(block, i, block, i - count);
  block.length -= count;
}

/** Index of the first event at or after a time; the block's length if there is none. */
export function firstAt(block: EventBlock, time: number): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((block.time[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
