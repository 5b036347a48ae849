import type { Agent, ClientRequest } from "node:http";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import type { TlsSettings } from "../../bytes/tls-settings.js";

export interface ProxyAgentOptions {
  /** Whether connections are kept for further requests. */
  readonly keepAlive?: boolean;
  /** For whoever cannot say it with each request. */
  readonly tls?: TlsSettings;
}

/** Asks through a tunnel, whose end is encrypted as the settings say: the proxy's own connection is not their business. */
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

/** Who makes connections through a proxy. @param protocol of what is asked for */
export function proxyAgent(protocol: string, proxy: URL, options: ProxyAgentOptions = {}): Agent {
  const { keepAlive = false } = options;
  return protocol === "https:" ? new Tunnel(proxy, options) : new HttpProxyAgent(proxy, { keepAlive });
}
