/*
 * How `open` hands a trace to the viewer. The server has one file and refuses everything else: other paths (other users of the machine cannot
 * guess the file's), other origins (any open page may ask), other hosts (a page whose name leads to 127.0.0.1 would share our origin), other
 * methods. The port is the one that the content security policy of Perfetto's UI allows. If it is taken, `handover-page.ts` on another port
 * hands the trace over by `postMessage`, which takes a click. A viewer may hang up at the last byte, so a trace counts as fetched when all
 * bytes have been sent. `viewer.ts` has the names of the tracks that the link pins and expands.
 */

import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isSystemError } from "../../process/failure.js";
import { handoverPage } from "./handover-page.js";
import { deepLink } from "./viewer.js";

const HOST = "127.0.0.1";
/** The port that Perfetto's UI allows itself to fetch from, unless it was built otherwise. */
const VIEWER_PORT = 9001;
/** Bytes of the path that nobody guesses. */
const SECRET = 16;
/** How long a browser need not ask again whether it may fetch, in seconds. */
const PREFLIGHT_AGE = 60;

/** A file that is served. */
export interface ServedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Serves one file to pages of one origin, on this machine only. Whoever else asks is refused: another path, which has a
 * part that cannot be guessed, another method, another origin, and a host that is not our address, as of a page whose
 * name was made to lead here. Where the viewer cannot fetch from, there is one page more, which hands the file over.
 */
export class TraceServer {
  readonly #server: Server;
  readonly #viewer: URL;
  readonly #name: string;
  readonly #folder = `/${randomBytes(SECRET).toString("hex")}/`;
  #file: ServedFile | undefined;
  #isFetched = false;
  /** Downloads under way. */
  #sending = 0;
  #settled: () => void = () => undefined;

  private constructor(name: string, viewer: URL) {
    this.#name = name;
    this.#viewer = viewer;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /**
   * Listens on the viewer's port, or on a free one if that is taken.
   * @param name of the file, for the viewer
   * @param viewer of whose origin are the pages that may fetch it
   */
  static async start(name: string, viewer: URL): Promise<TraceServer> {
    const server = new TraceServer(name, viewer);
    await server.#listen(VIEWER_PORT).catch((error) => {
      if (isSystemError(error) && error.code === "EADDRINUSE") return server.#listen(0);
      throw error;
    });
    return server;
  }

  /** The address of the file. */
  get url(): string {
    return `http://${this.#host}${this.#path}`;
  }

  /** The address of the page that hands the file over; undefined if the viewer can fetch it. */
  get page(): string | undefined {
    return this.#port === VIEWER_PORT ? undefined : `http://${this.#host}${this.#folder}`;
  }

  /** Whether the file was fetched, all of it. */
  get isFetched(): boolean {
    return this.#isFetched;
  }

  /** Has the file at hand from now on. @returns when it was fetched, and nobody is fetching it any more */
  serve(file: ServedFile): Promise<void> {
    this.#file = file;
    return new Promise((resolve) => {
      this.#settled = resolve;
    });
  }

  /** Stops listening, and ends what is under way. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get #host(): string {
    return `${HOST}:${this.#port}`;
  }

  get #origin(): string {
    return this.#viewer.origin;
  }

  get #path(): string {
    return this.#folder + encodeURIComponent(this.#name);
  }

  #listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, HOST, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#isForPage(request)) {
      this.#sendPage(response);
      return;
    }
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      // Not even that there is something else is said to other origins.
      response.writeHead(refusal, { "Content-Length": 0, Connection: "close" }).end();
      return;
    }
    response.setHeader("Access-Control-Allow-Origin", this.#origin);
    response.setHeader("Vary", "Origin");
    response.setHeader("Cache-Control", "no-store");
    if (request.method === "OPTIONS") this.#permit(request, response);
    else this.#send(response);
  }

  /** The status with which a request is refused; undefined if it is not. */
  #refusal(request: IncomingMessage): number | undefined {
    if (!this.#isOurs(request)) return 421;
    const { method = "", url, headers } = request;
    if (url !== this.#path || this.#file === undefined) return 404;
    if (method !== "GET" && method !== "OPTIONS") return 405;
    // A page of our own origin does not name it.
    const own = this.page !== undefined && headers["sec-fetch-site"] === "same-origin";
    return headers.origin === this.#origin || (own && headers.origin === undefined) ? undefined : 403;
  }

  #isForPage(request: IncomingMessage): boolean {
    if (this.page === undefined || this.#file === undefined || !this.#isOurs(request)) return false;
    const { method, url, headers } = request;
    return method === "GET" && url === this.#folder && headers.origin === undefined;
  }

  /** Whether our address alone is the host that is asked; one that is foreign may stand behind it. */
  #isOurs({ headersDistinct }: IncomingMessage): boolean {
    return headersDistinct.host?.join() === this.#host;
  }

  #sendPage(response: ServerResponse): void {
    const nonce = randomBytes(SECRET).toString("base64url");
    const link = deepLink(this.#viewer);
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": `default-src 'none'; connect-src 'self'; script-src 'nonce-${nonce}'; frame-ancestors 'none'`,
      "Referrer-Policy": "no-referrer",
    });
    response.end(handoverPage({ link, origin: this.#origin, name: this.#name }, nonce));
  }

  /** Answers the question before the request, also whether a public page may reach into this machine. */
  #permit({ headers }: IncomingMessage, response: ServerResponse): void {
    response.setHeader("Access-Control-Allow-Methods", "GET");
    response.setHeader("Access-Control-Max-Age", PREFLIGHT_AGE);
    if (headers["access-control-request-private-network"] === "true")
      response.setHeader("Access-Control-Allow-Private-Network", "true");
    response.writeHead(204).end();
  }

  #send(response: ServerResponse): void {
    const file = this.#file;
    if (file === undefined) return;
    response.writeHead(200, {
      "Content-Type": "application/octet-stream",
      "Content-Length": file.size,
      "X-Content-Type-Options": "nosniff",
      // The last byte is with the viewer when the connection is closed.
      Connection: "close",
    });
    const content = createReadStream(file.path);
    this.#sending++;
    content.on("error", () => response.destroy());
    response.on("close", () => {
      // Whoever knows the length may hang up at the last byte, before the response has ended here.
      const isSent =
        content.bytesRead === file.size && content.readableLength + response.writableLength === 0;
      content.destroy();
      this.#sending--;
      this.#isFetched ||= isSent;
      // Two pages may fetch it at the same time.
      if (this.#isFetched && this.#sending === 0) this.#settled();
    });
    content.pipe(response);
  }
}
