import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { GoStatus } from "../../order/v2/scheduler-state.js";
import { ARG_SOURCES, ArgSource } from "./event-args.js";
import type { Tables } from "./tables.js";

const S = ArgSource;

/** The arguments of the wire event that is being written. */
export class EventArguments {
  readonly values = new Float64Array(5);
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Fills the arguments from the columns. */
  fill(type: number, block: EventBlock, i: number, sequence: number, status: number): void {
    const sources = ARG_SOURCES[type] as Uint8Array;
    const tables = this.#tables;
    const args = this.values;
    for (let n = 0; n < sources.length; n++) {
      switch (sources[n]) {
        case S.Subject:
          args[n] = block.subject[i] as number;
          break;
        case S.Name:
          args[n] = tables.string(block.name[i] as number);
          break;
        case S.Text:
          args[n] = tables.string(block.text[i] as number);
          break;
        case S.Stack:
          args[n] = tables.stack(block.stack[i] as number);
          break;
        case S.NewStack:
          args[n] = tables.stack(block.subjectStack[i] as number);
          break;
        case S.Value:
          args[n] = Math.max(block.value[i] as number, 0);
          break;
        case S.Value2:
          args[n] = Math.max(block.value2[i] as number, 0);
          break;
        case S.Sequence:
          args[n] = sequence;
          break;
        case S.Thread:
          args[n] = isCarried(status) ? (block.thread[i] as number) : NONE;
          break;
        default:
          args[n] = status;
      }
    }
  }
}

function isCarried(status: number): boolean {
  return status === GoStatus.Running || status === GoStatus.Syscall;
}
