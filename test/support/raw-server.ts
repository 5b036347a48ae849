import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

const PIECE = Buffer.alloc(1 << 20);

/** A server that answers a request with bytes that no HTTP server would send. */
export class RawServer {
  /** Bytes that were taken from it. */
  sent = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: (socket: Socket, server: RawServer) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("data", () => answer(socket, this));
    });
  }

  /** @param answer called when a request has come */
  static async start(answer: (socket: Socket, server: RawServer) => void): Promise<RawServer> {
    const server = new RawServer(answer);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sends something, and then zeros without end, as fast as they are taken. */
  flood(socket: Socket, start: string | Uint8Array): void {
    socket.write(start);
    const more = () => {
      this.sent += PIECE.length;
      while (!socket.destroyed && socket.write(PIECE)) this.sent += PIECE.length;
    };
    socket.on("drain", more);
    more();
  }

  /** Sends the same text again and again, so often in milliseconds. */
  drip(socket: Socket, text: string, interval: number): void {
    const timer = setInterval(() => socket.write(text), interval);
    socket.on("close", () => clearInterval(timer));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
