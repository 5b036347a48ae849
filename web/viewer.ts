/** Milliseconds between two pings to the viewer. */
const PING = 50;

/** The viewer's tab was closed, by a person or by its site, before it had the trace. */
export class ViewerClosed extends Error {
  override readonly name = "ViewerClosed";

  constructor() {
    super("the viewer was closed before it had the trace");
  }
}

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

  /** Hands over a trace as soon as the viewer listens. @param title shown by the viewer @throws ViewerClosed */
  async show(trace: Blob, title: string): Promise<void> {
    const [buffer] = await Promise.all([trace.arrayBuffer(), this.#listening()]);
    this.#tab.postMessage({ perfetto: { buffer, title, fileName: title } }, this.#origin, [buffer]);
  }

  close(): void {
    this.#tab.close();
  }

  #listening(): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearInterval(timer);
        removeEventListener("message", answered);
      };
      const timer = setInterval(() => {
        if (!this.isClosed) return this.#tab.postMessage("PING", this.#origin);
        end();
        reject(new ViewerClosed());
      }, PING);
      const answered = ({ source, data }: MessageEvent) => {
        if (source !== this.#tab || data !== "PONG") return;
        end();
        resolve();
      };
      addEventListener("message", answered);
    });
  }
}
