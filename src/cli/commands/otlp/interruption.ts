import type { Messages } from "../../process/messages.js";
import { onInterruption } from "../../process/signals.js";

/** Milliseconds after Ctrl-C: to read more of a stream, and to send the remaining spans. */
const LAST_READING = 1000;
const LAST_SENDING = 2000;

/** The first Ctrl-C: reading stops, and the spans so far are sent, or written if IN is a stream. */
export class Interruption {
  /** Fulfilled when reading must end: at once for a file, after a moment for a stream. */
  readonly stop: Promise<undefined>;
  /** Fulfilled when waiting must end. */
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
    // A file with half of another file's spans is useless.
    if (!isSent && !isStream) {
      this.forget = () => undefined;
      return;
    }
    this.forget = onInterruption(() => {
      this.#happened = true;
      messages.info("stopping: the spans so far are sent; press Ctrl-C again to end that too");
      if (isStream) setTimeout(stop, LAST_READING);
      else stop();
      setTimeout(deadline, LAST_SENDING);
    });
  }

  get happened(): boolean {
    return this.#happened;
  }
}
