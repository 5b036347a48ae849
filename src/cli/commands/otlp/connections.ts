import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { tlsSettings } from "../../../bytes/tls-settings.js";
import type { Endpoint } from "./endpoint.js";

/** Persistent HTTP connections to an endpoint. */
export class Connections {
  readonly #endpoint: Endpoint;
  readonly #agents: Agent[] = [];

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async agent(protocol: string): Promise<Agent> {
    const agent = await agentOf(this.#endpoint, protocol);
    this.#agents.push(agent);
    return agent;
  }

  /** Closes all connections, even during a request. */
  end(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

async function agentOf({ tls, proxy }: Endpoint, protocol: string): Promise<Agent> {
  const settings = tlsSettings(tls);
  if (proxy !== undefined) {
    const { proxyAgent } = await import("../../connection/proxy-agent.js");
    return proxyAgent(protocol, proxy, { keepAlive: true, tls: settings });
  }
  return protocol === "https:"
    ? new SecureAgent({ keepAlive: true, ...settings })
    : new Agent({ keepAlive: true });
}
