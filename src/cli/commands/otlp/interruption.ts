import { onInterruption } from "../../process/interruption.js";
import type { Messages } from "../../process/messages.js";

/** After Ctrl-C, milliseconds for what a stream still gives, and for all that is still sent. */
const LAST_READING = 1000;
const LAST_SENDING = 2000;

/** The first Ctrl-C: reading stops, what there is is sent, or written if it came of a stream. */
export class Interruption {
  /** Fulfilled when no more is to be read: at once, but a stream may still give what was on its way. */
  readonly stop: Promise<undefined>;
  /** Fulfilled when no more is waited for. */
  readonly deadline: Promise<undefined>;
  readonly forget: () => void;
  #happened = false;

  constructor(messages: Messages, isStream: boolean, isSent: boolean) {
    let stop: () => void = () => undefined;
    let deadline: () => void = () => undefined;
    this.stop = new Promise((resolve) => {
      stop = () => resolve(undefined);
    });
    this.deadline = new Promise((resolve) => {
      deadline = () => resolve(undefined);
    });
    // A file of a part of a file is of no use to anybody.
    if (!isSent && !isStream) {
      this.forget = () => undefined;
      return;
    }
    this.forget = onInterruption(() => {
      this.#happened = true;
      messages.info("stopping: what is on its way is sent; Ctrl-C again ends that too");
      if (isStream) setTimeout(stop, LAST_READING);
      else stop();
      setTimeout(deadline, LAST_SENDING);
    });
  }

  get happened(): boolean {
    return this.#happened;
  }
}
