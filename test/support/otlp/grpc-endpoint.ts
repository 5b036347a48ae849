import { Metadata, Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import protobuf from "protobufjs";

const { root } = protobuf.parse(`syntax = "proto3";
  message Request { repeated ResourceSpans resources = 1; }
  message ResourceSpans { repeated ScopeSpans scopes = 2; }
  message ScopeSpans { repeated bytes spans = 2; }`);
const Request = root.lookupType("Request");

/** What came in. */
export interface GrpcRequest {
  readonly metadata: Metadata;
  readonly bytes: number;
  readonly spans: number;
  /** How many came before, requests without spans not counted; those have -1. */
  readonly number: number;
}

/** An error with its name, the bytes of an answer, or no answer at all. Undefined accepts. */
export type GrpcBehaviour = (
  request: GrpcRequest,
) =>
  | { readonly error: keyof typeof status; readonly words?: string; readonly details?: Uint8Array }
  | Uint8Array
  | "hang"
  | undefined;

/** gRPC's own server with an OTLP service that misbehaves, as real ones will not do when asked. */
export class GrpcEndpoint {
  readonly requests: GrpcRequest[] = [];
  /** Spans of requests that were accepted. */
  accepted = 0;
  readonly #server: Server;
  readonly #behaviour: GrpcBehaviour;
  #port = 0;
  #count = 0;

  /** @param most bytes of a request that the server takes */
  private constructor(behaviour: GrpcBehaviour, most: number) {
    this.#behaviour = behaviour;
    this.#server = new Server({ "grpc.max_receive_message_length": most });
  }

  static async start(behaviour: GrpcBehaviour, most = 4 << 20): Promise<GrpcEndpoint> {
    const endpoint = new GrpcEndpoint(behaviour, most);
    endpoint.#serve();
    endpoint.#port = await new Promise((resolve, reject) => {
      endpoint.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #serve(): void {
    const same = (bytes: Buffer) => bytes;
    this.#server.addService(
      {
        export: {
          path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
          requestStream: false,
          responseStream: false,
          requestSerialize: same,
          requestDeserialize: same,
          responseSerialize: same,
          responseDeserialize: same,
        },
      },
      {
        export: (
          { request, metadata }: { request: Buffer; metadata: Metadata },
          answer: (error: Partial<ServiceError> | null, bytes?: Buffer) => void,
        ) => {
          const spans = spansIn(request);
          const number = spans === 0 ? -1 : this.#count++;
          const came = { metadata, bytes: request.length, spans, number };
          this.requests.push(came);
          const behaviour = this.#behaviour(came);
          if (behaviour === "hang") return;
          if (behaviour === undefined || behaviour instanceof Uint8Array) {
            this.accepted += spans;
            answer(null, Buffer.from(behaviour ?? []));
            return;
          }
          const { error, words = "no", details } = behaviour;
          const trailers = new Metadata();
          if (details !== undefined) trailers.set("grpc-status-details-bin", Buffer.from(details));
          answer({ code: status[error], details: words, metadata: trailers });
        },
      },
    );
  }
}

function spansIn(bytes: Buffer): number {
  const { resources = [] } = Request.decode(bytes) as unknown as {
    resources?: { scopes: { spans: unknown[] }[] }[];
  };
  return resources.flatMap(({ scopes }) => scopes).reduce((sum, { spans }) => sum + spans.length, 0);
}
