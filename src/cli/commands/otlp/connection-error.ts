import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { Connections } from "./connections.js";
import type { Endpoint } from "./endpoint.js";

/** Error code of a connection to a server that speaks only HTTP/1.1. */
export const NOT_HTTP2 = "NOT_HTTP2";
/** Error code of a connection that ends without an answer. */
const BROKEN = "ECONNRESET";
/** In milliseconds. */
const TIMEOUT = 2000;

/**
 * Why there is no HTTP/2 connection to an endpoint: an HTTP/1.1 request fails for the same reason.
 * @returns an error with the code of Node or the system, of an HTTP status if a proxy answers, or {@link NOT_HTTP2}
 */
export async function connectionError(endpoint: Endpoint): Promise<Error> {
  const { url, proxy } = endpoint;
  const connections = new Connections(endpoint);
  const agent = await connections.agent(url.protocol);
  try {
    return await new Promise<Error>((resolve) => {
      const make = url.protocol === "https:" ? secureRequest : request;
      const asking = make(url, { agent, timeout: TIMEOUT });
      asking.on("timeout", () => asking.destroy(withCode("no answer", "ETIMEDOUT")));
      asking.on("error", (error: NodeJS.ErrnoException) => {
        // What is no HTTP/1.1 may be HTTP/2.
        resolve(error.code?.startsWith("HPE_") ? withCode(error.message, BROKEN) : error);
      });
      asking.on("response", ({ statusCode = 0, statusMessage = "" }) => {
        resolve(
          proxy === undefined
            ? withCode("the server there speaks HTTP/1.1, not gRPC", NOT_HTTP2)
            : withCode(statusMessage, statusCode),
        );
      });
      asking.end();
    });
  } finally {
    connections.end();
  }
}

function withCode(message: string, code: string | number): Error {
  return Object.assign(new Error(message), { code });
}
