import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isSystemError } from "./failure.js";

const HOST = "127.0.0.1";
/** The port that Perfetto's UI allows itself to fetch from, unless it was built otherwise. */
export const VIEWER_PORT = 9001;
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
 * name was made to lead here.
 */
export class TraceServer {
  readonly #server: Server;
  readonly #origin: string;
  readonly #path: string;
  #file: ServedFile | undefined;
  #fetched: () => void = () => undefined;

  private constructor(name: string, origin: string) {
    this.#path = `/${randomBytes(SECRET).toString("hex")}/${encodeURIComponent(name)}`;
    this.#origin = origin;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /**
   * Listens on the viewer's port, or on a free one if that is taken.
   * @param name of the file, for the viewer
   * @param origin of the pages that may fetch it
   */
  static async start(name: string, origin: string): Promise<TraceServer> {
    const server = new TraceServer(name, origin);
    await server.#listen(VIEWER_PORT).catch((error) => {
      if (isSystemError(error) && error.code === "EADDRINUSE") return server.#listen(0);
      throw error;
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The address of the file. */
  get url(): string {
    return `http://${this.#host}${this.#path}`;
  }

  /** Has the file at hand from now on. @returns when it was fetched, all of it, for the first time */
  serve(file: ServedFile): Promise<void> {
    this.#file = file;
    return new Promise((resolve) => {
      this.#fetched = resolve;
    });
  }

  /** Stops listening, and ends what is under way. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get #host(): string {
    return `${HOST}:${this.port}`;
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
  #refusal({ method = "", url, headers }: IncomingMessage): number | undefined {
    if (headers.host !== this.#host) return 421;
    if (url !== this.#path || this.#file === undefined) return 404;
    if (method !== "GET" && method !== "OPTIONS") return 405;
    return headers.origin === this.#origin ? undefined : 403;
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
    content.on("error", () => response.destroy());
    response.on("close", () => {
      // Whoever knows the length may hang up at the last byte, before the response has ended here.
      const isSent =
        content.bytesRead === file.size && content.readableLength + response.writableLength === 0;
      content.destroy();
      if (isSent) this.#fetched();
    });
    content.pipe(response);
  }
}
