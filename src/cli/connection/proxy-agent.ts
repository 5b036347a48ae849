import type { Agent, ClientRequest } from "node:http";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import type { TlsSettings } from "../../bytes/tls-settings.js";

export interface ProxyAgentOptions {
  /** Whether connections stay open for further requests. */
  readonly keepAlive?: boolean;
  /** For callers that cannot set it per request. */
  readonly tls?: TlsSettings;
}

/** A tunnel through a proxy. The TLS settings are for the server, not for the connection to the proxy. */
class Tunnel extends HttpsProxyAgent<string> {
  readonly #settings: TlsSettings | undefined;

  constructor(proxy: URL, { keepAlive = false, tls }: ProxyAgentOptions) {
    super(proxy, { keepAlive });
    this.#settings = tls;
  }

  override connect(request: ClientRequest, target: Parameters<HttpsProxyAgent<string>["connect"]>[1]) {
    return super.connect(request, { ...target, ...this.#settings });
  }
}

/** Creates an agent that connects through a proxy. @param protocol of the requested URL */
export function proxyAgent(protocol: string, proxy: URL, options: ProxyAgentOptions = {}): Agent {
  const { keepAlive = false } = options;
  return protocol === "https:" ? new Tunnel(proxy, options) : new HttpProxyAgent(proxy, { keepAlive });
}
