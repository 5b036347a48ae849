/** Milliseconds between two pings to the viewer. */
const PING = 50;

/** A tab with Perfetto's UI, to which a trace is handed by `postMessage`. */
export class Viewer {
  readonly #tab: Window;
  readonly #origin: string;

  private constructor(tab: Window, origin: string) {
    this.#tab = tab;
    this.#origin = origin;
  }

  /** Opens the tab, which browsers allow in a click only. @returns undefined if the browser does not allow it */
  static open(address: URL): Viewer | undefined {
    const tab = open(address.href);
    return tab === null ? undefined : new Viewer(tab, address.origin);
  }

  get isClosed(): boolean {
    return this.#tab.closed;
  }

  /** Hands over a trace as soon as the viewer listens. @param title shown by the viewer */
  async show(trace: Blob, title: string): Promise<void> {
    const [buffer] = await Promise.all([trace.arrayBuffer(), this.#listening()]);
    this.#tab.postMessage({ perfetto: { buffer, title, fileName: title } }, this.#origin, [buffer]);
  }

  close(): void {
    this.#tab.close();
  }

  #listening(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => this.#tab.postMessage("PING", this.#origin), PING);
      const answered = ({ source, data }: MessageEvent) => {
        if (source !== this.#tab || data !== "PONG") return;
        clearInterval(timer);
        removeEventListener("message", answered);
        resolve();
      };
      addEventListener("message", answered);
    });
  }
}
