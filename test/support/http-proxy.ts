import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * A proxy as companies have them: it takes requests for http: and makes tunnels for https:. It alone knows where hosts are: all of them
 * are this machine, so that the way past it leads nowhere.
 */
export class HttpProxy {
  /** The first lines of what it was asked, without the version. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #login: string | undefined;
  readonly #tunnels = new Set<Duplex>();

  private constructor(login: string | undefined) {
    this.#login = login;
    this.#server = createServer((message, response) => this.#forward(message, response));
    this.#server.on("connect", (message, socket) => this.#tunnel(message, socket));
  }

  /** @param login `NAME:PASSWORD` that it asks for */
  static async start(login?: string): Promise<HttpProxy> {
    const proxy = new HttpProxy(login);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #admits({ method, url, headers }: IncomingMessage): boolean {
    this.asked.push(`${method} ${url}`);
    const expected = this.#login && `Basic ${Buffer.from(this.#login).toString("base64")}`;
    return expected === undefined || headers["proxy-authorization"] === expected;
  }

  #forward(message: IncomingMessage, response: ServerResponse): void {
    if (!this.#admits(message)) {
      response.writeHead(407, { "Proxy-Authenticate": "Basic" }).end();
      return;
    }
    const { port, pathname, search } = new URL(message.url ?? "");
    const { method, headers } = message;
    const onward = request(
      { host: "127.0.0.1", port, path: pathname + search, method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.writeHead(502).end());
    message.pipe(onward);
  }

  #tunnel(message: IncomingMessage, client: Duplex): void {
    if (!this.#admits(message)) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
      return;
    }
    const server: Socket = connect(Number(message.url?.split(":").at(-1)), "127.0.0.1");
    for (const socket of [client, server]) {
      this.#tunnels.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        server.destroy();
      });
    }
    server.on("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(server).pipe(client);
    });
  }
}
