import { MAX_BLOCK } from "../event/block.js";

/** Start functions of goroutines that became known, in columns in event order. */
export class NewNames {
  length = 0;
  /** The number of rows of the {@link Changes} before it. */
  readonly place = new Int32Array(MAX_BLOCK);
  /** The goroutine's slot. */
  readonly slot = new Int32Array(MAX_BLOCK);
  /** Number of the function in {@link SchedModel.functions}. */
  readonly func = new Int32Array(MAX_BLOCK);
  /** Index of the stack that has it; 0 if it is known without a stack. */
  readonly stack = new Int32Array(MAX_BLOCK);

  add(place: number, slot: number, func: number, stack: number): void {
    const i = this.length++;
    this.place[i] = place;
    this.slot[i] = slot;
    this.func[i] = func;
    this.stack[i] = stack;
  }
}
