/*
 * Serves the trace of `open` to the viewer. The server has one trace and rejects every other request:
 *
 * - other paths: other users of the machine cannot guess the path
 * - other origins: any open page may send requests
 * - other hosts: with DNS rebinding, a page whose name resolves to 127.0.0.1 would share our origin
 * - other methods
 *
 * It listens on the port that the content security policy of Perfetto's UI allows. If that port is taken, it
 * listens on another one, and `handover-page.ts` passes the trace with `postMessage`, after a click. A viewer
 * may disconnect after the last byte, so the trace counts as fetched once all bytes are sent. `viewer.ts`
 * builds the link.
 */

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import { listenLocally, localHost } from "../../connection/local-server.js";
import { isSystemError } from "../../process/failure.js";
import { HANDOVER_POLICY, handoverPage } from "./handover-page.js";
import type { ServedTrace } from "./served-trace.js";
import { deepLink } from "./viewer.js";

/** The port that the content security policy of Perfetto's UI allows. */
const VIEWER_PORT = 9001;
/** Random bytes in the path. */
const SECRET = 16;
/** How long a browser may cache the answer to a preflight request, in seconds. */
const PREFLIGHT_AGE = 60;

/**
 * Serves one trace to pages of one origin, on this machine only. It rejects every other path, method, origin
 * and host. If the viewer cannot fetch from its port, it also serves a page that passes the trace to the
 * viewer.
 */
export class TraceServer {
  readonly #server: Server;
  readonly #viewer: URL;
  readonly #name: string;
  readonly #folder = `/${randomBytes(SECRET).toString("hex")}/`;
  #trace: ServedTrace | undefined;
  #isFetched = false;
  /** Current downloads. */
  #sending = 0;
  #settled: () => void = () => undefined;

  private constructor(name: string, viewer: URL) {
    this.#name = name;
    this.#viewer = viewer;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /**
   * Listens on the viewer's port, or on a free port if that is taken.
   * @param name name of the file, for the viewer
   * @param viewer address of the viewer, whose pages may fetch the file
   */
  static async start(name: string, viewer: URL): Promise<TraceServer> {
    const server = new TraceServer(name, viewer);
    await listenLocally(server.#server, VIEWER_PORT).catch((error) => {
      if (isSystemError(error) && error.code === "EADDRINUSE") return listenLocally(server.#server, 0);
      throw error;
    });
    return server;
  }

  /** The address of the file. */
  get url(): string {
    return `http://${this.#host}${this.#path}`;
  }

  /** The address of the handover page; undefined if the viewer can fetch the file. */
  get page(): string | undefined {
    return this.#port === VIEWER_PORT ? undefined : `http://${this.#host}${this.#folder}`;
  }

  /** Whether the whole file was fetched. */
  get isFetched(): boolean {
    return this.#isFetched;
  }

  /**
   * Serves the trace from now on.
   * @returns a promise that is fulfilled when the trace was fetched and no download is active
   */
  serve(trace: ServedTrace): Promise<void> {
    this.#trace = trace;
    return new Promise((resolve) => {
      this.#settled = resolve;
    });
  }

  /** Stops listening, and aborts current downloads. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get #host(): string {
    return localHost(this.#server);
  }

  get #origin(): string {
    return this.#viewer.origin;
  }

  get #path(): string {
    return this.#folder + encodeURIComponent(this.#name);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#isForPage(request)) {
      this.#sendPage(response);
      return;
    }
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      // Other origins must not learn which paths exist.
      response.writeHead(refusal, { "Content-Length": 0, Connection: "close" }).end();
      return;
    }
    response.setHeader("Access-Control-Allow-Origin", this.#origin);
    response.setHeader("Vary", "Origin");
    response.setHeader("Cache-Control", "no-store");
    if (request.method === "OPTIONS") this.#permit(request, response);
    else this.#send(response);
  }

  /** The status for a rejected request; undefined if it is allowed. */
  #refusal(request: IncomingMessage): number | undefined {
    if (!this.#isOurs(request)) return 421;
    const { method = "", url, headers } = request;
    if (url !== this.#path || this.#trace === undefined) return 404;
    if (method !== "GET" && method !== "OPTIONS") return 405;
    // A page of our own origin sends no Origin header.
    const own = this.page !== undefined && headers["sec-fetch-site"] === "same-origin";
    return headers.origin === this.#origin || (own && headers.origin === undefined) ? undefined : 403;
  }

  #isForPage(request: IncomingMessage): boolean {
    if (this.page === undefined || this.#trace === undefined || !this.#isOurs(request)) return false;
    const { method, url, headers } = request;
    return method === "GET" && url === this.#folder && headers.origin === undefined;
  }

  /** Whether there is exactly one Host header, with our address. */
  #isOurs({ headersDistinct }: IncomingMessage): boolean {
    return headersDistinct.host?.join() === this.#host;
  }

  #sendPage(response: ServerResponse): void {
    const link = deepLink(this.#viewer);
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": HANDOVER_POLICY,
      "Referrer-Policy": "no-referrer",
    });
    response.end(handoverPage({ link, origin: this.#origin, name: this.#name }));
  }

  /** Answers a preflight request, including one for access from a public page to a private network. */
  #permit({ headers }: IncomingMessage, response: ServerResponse): void {
    response.setHeader("Access-Control-Allow-Methods", "GET");
    response.setHeader("Access-Control-Max-Age", PREFLIGHT_AGE);
    if (headers["access-control-request-private-network"] === "true")
      response.setHeader("Access-Control-Allow-Private-Network", "true");
    response.writeHead(204).end();
  }

  #send(response: ServerResponse): void {
    const trace = this.#trace;
    if (trace === undefined) return;
    response.writeHead(200, {
      "Content-Type": "application/octet-stream",
      ...(trace.size !== undefined && { "Content-Length": trace.size }),
      "X-Content-Type-Options": "nosniff",
      // The closed connection shows that the viewer has the last byte.
      Connection: "close",
    });
    let sent = 0;
    async function* counted(content: AsyncIterable<Uint8Array>) {
      for await (const piece of content) {
        yield piece;
        sent += piece.length;
      }
    }
    const content = Readable.from(counted(trace.content()), { objectMode: false });
    this.#sending++;
    pipeline(content, response, () => {
      // A viewer may disconnect after the last byte, before the response has ended here.
      const isSent = sent === trace.size && content.readableLength + response.writableLength === 0;
      this.#sending--;
      this.#isFetched ||= isSent;
      // Two pages may fetch the trace at the same time.
      if (this.#isFetched && this.#sending === 0) this.#settled();
    });
  }
}
