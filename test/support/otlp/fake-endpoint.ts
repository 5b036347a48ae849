import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { type OtlpSpan, type RawRequest, spansOfRequest } from "./otlp-spans.js";

/** What came in. */
export interface FakeRequest {
  readonly headers: IncomingMessage["headers"];
  readonly path: string;
  readonly body: Buffer;
  /** Those of OTLP/JSON. */
  readonly spans: readonly OtlpSpan[];
  /** How many came before, requests without spans not counted. */
  readonly number: number;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The body goes on after that: as fast as it is read, or a byte now and then. */
  readonly endless?: "flood" | "drip";
}

/** Bytes of an answer that goes on, and milliseconds between those of one that drips. */
const FLOOD = Buffer.alloc(1 << 20, "a");
const DRIP = 200;

/** Says what to answer; "cut" ends the connection, "hang" never answers. Undefined accepts. */
export type FakeBehaviour = (
  request: FakeRequest,
) => FakeAnswer | "cut" | "hang" | undefined | Promise<FakeAnswer | undefined>;

/** An OTLP endpoint that misbehaves, as real ones will not do when asked. */
export class FakeEndpoint {
  /** Spans of requests that were accepted. */
  readonly accepted: OtlpSpan[] = [];
  /** Requests, those without spans too. */
  readonly requests: FakeRequest[] = [];
  /** Most requests at the same time. */
  mostAtOnce = 0;
  /** Bytes of endless answers that were taken from it. */
  flooded = 0;
  readonly #server: Server;
  readonly #behaviour: FakeBehaviour;
  #atOnce = 0;
  #count = 0;

  private constructor(behaviour: FakeBehaviour) {
    this.#behaviour = behaviour;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(behaviour: FakeBehaviour): Promise<FakeEndpoint> {
    const endpoint = new FakeEndpoint(behaviour);
    endpoint.#server.listen(0, "127.0.0.1");
    await once(endpoint.#server, "listening");
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    response.on("close", () => this.#atOnce--);
    const request = await this.#read(message);
    const answer = await this.#behaviour(request);
    if (answer === "cut") message.socket.destroy();
    if (answer === "cut" || answer === "hang") return;
    const { status = 200, headers = {}, body = request.isJson ? "{}" : "", endless } = answer ?? {};
    if (status === 200 && endless === undefined) this.accepted.push(...request.spans);
    response.writeHead(status, headers);
    if (endless === undefined) response.end(body);
    else this.#goOn(response, endless);
  }

  #goOn(response: ServerResponse, how: "flood" | "drip"): void {
    response.on("error", () => undefined);
    if (how === "drip") {
      const timer = setInterval(() => response.write(" "), DRIP);
      response.on("close", () => clearInterval(timer));
      return;
    }
    const more = () => {
      this.flooded += FLOOD.length;
      while (!response.destroyed && response.write(FLOOD)) this.flooded += FLOOD.length;
    };
    response.on("drain", more);
    more();
  }

  async #read(message: IncomingMessage): Promise<FakeRequest & { isJson: boolean }> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { headers, url = "" } = message;
    const plain = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    const isJson = headers["content-type"] === "application/json";
    const spans = isJson ? spansOfRequest(JSON.parse(plain.toString()) as RawRequest) : [];
    const isEmpty = isJson ? spans.length === 0 : plain.length === 0;
    const request = { headers, path: url, body, spans, isJson, number: isEmpty ? -1 : this.#count++ };
    this.requests.push(request);
    return request;
  }
}

/** Whether a request asks only whether there is somebody. */
export const isPreflight = ({ number }: FakeRequest) => number < 0;
