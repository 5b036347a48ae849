import { TopSums } from "./top-sums.js";

/** From whom the runtime took time that its program would have run. */
export class TakenTime {
  /** By number of the function ({@link RunFunctions}); −1 if unknown. */
  readonly functions = new TopSums();
  /** By number of the type of the task that it worked for; −1 for none. */
  readonly tasks = new TopSums();

  add(func: number, task: number, time: number): void {
    this.functions.add(func, time);
    this.tasks.add(task, time);
  }
}
