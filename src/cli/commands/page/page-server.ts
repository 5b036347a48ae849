import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import files from "#page-files";
import { listenLocally, localHost } from "../../connection/local-server.js";
import { Failure, isSystemError, systemMessage } from "../../process/failure.js";

/** Serves the files of the page that converts traces, to this machine only. */
export class PageServer {
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param port 0 for a free one @throws Failure if nobody can listen there */
  static async start(port: number): Promise<PageServer> {
    const server = new PageServer();
    await listenLocally(server.#server, port).catch((error: unknown) => {
      if (!isSystemError(error)) throw error;
      const text = `cannot listen on port ${port}: ${systemMessage(error)}`;
      throw new Failure(text, "Without --port a free port is taken.", { cause: error });
    });
    return server;
  }

  get url(): string {
    return `http://${this.#host}/`;
  }

  get #host(): string {
    return localHost(this.#server);
  }

  #answer({ method, url = "", headers }: IncomingMessage, response: ServerResponse): void {
    const path = new URL(url, this.url).pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    const refusal = this.#refusal(headers.host, method, file !== undefined);
    if (refusal !== undefined || file === undefined) {
      response.writeHead(refusal ?? 404, { "Content-Length": 0, Connection: "close" }).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": file.type,
      "Content-Length": Buffer.byteLength(file.text),
      // The service worker keeps the files, under names that change with their contents.
      "Cache-Control": "no-cache",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    });
    response.end(method === "HEAD" ? undefined : file.text);
  }

  /** The status for a rejected request; undefined if it is allowed. */
  #refusal(host: string | undefined, method: string | undefined, exists: boolean): number | undefined {
    // With DNS rebinding, another page's name may lead here.
    if (host !== this.#host) return 421;
    if (method !== "GET" && method !== "HEAD") return 405;
    return exists ? undefined : 404;
  }
}
