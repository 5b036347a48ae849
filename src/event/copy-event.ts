import type { EventBlock } from "./block.js";

/** Copies an event over another one, in the same block or another. */
export function copyEvent(from: EventBlock, i: number, to: EventBlock, j: number): void {
  to.kind[j] = from.kind[i] as number;
  to.time[j] = from.time[i] as number;
  to.storedTime[j] = from.storedTime[i] as number;
  to.thread[j] = from.thread[i] as number;
  to.proc[j] = from.proc[i] as number;
  to.goroutine[j] = from.goroutine[i] as number;
  to.subject[j] = from.subject[i] as number;
  to.slot[j] = from.slot[i] as number;
  to.from[j] = from.from[i] as number;
  to.to[j] = from.to[i] as number;
  to.value[j] = from.value[i] as number;
  to.value2[j] = from.value2[i] as number;
  to.name[j] = from.name[i] as number;
  to.text[j] = from.text[i] as number;
  to.stack[j] = from.stack[i] as number;
  to.subjectStack[j] = from.subjectStack[i] as number;
}
