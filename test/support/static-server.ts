import { createReadStream, type Stats, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** Serves the files of a folder, and single files under other names, to this machine alone. */
export class StaticServer {
  readonly #server: Server;
  readonly #root: string;
  readonly #refused: readonly string[];
  readonly #files = new Map<string, string>();

  private constructor(root: string, refused: readonly string[]) {
    this.#root = root;
    this.#refused = refused;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param refused places that a request of gets no answer */
  static async start(root: string, refused: readonly string[] = []): Promise<StaticServer> {
    const server = new StaticServer(root, refused);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Serves a file under a name of its own. @returns its address */
  add(name: string, path: string): string {
    const place = `/${this.#files.size}/${name}`;
    this.#files.set(place, path);
    return this.origin + place;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const place = decodeURIComponent(new URL(request.url ?? "/", this.origin).pathname);
    if (this.#refused.includes(place)) {
      request.socket.destroy();
      return;
    }
    const added = this.#files.get(place);
    const path = added ?? join(this.#root, normalize(place === "/" ? "/index.html" : place));
    const stats: Stats | undefined = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
      "Content-Length": stats.size,
      // A browser keeps what it has compiled of a program with its file.
      "Cache-Control": added === undefined ? "max-age=3600" : "no-store",
    });
    createReadStream(path).pipe(response);
  }
}
