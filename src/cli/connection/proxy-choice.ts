/*
 * Chooses a proxy, because Node 20 does not. The rules are those of Go's client; a test compares the two.
 * Libraries for this support neither address ranges nor subdomains of a domain.
 */

import { BlockList, isIP } from "node:net";
import { urlName } from "../../bytes/url-name.js";
import { type Failure, usageFailure } from "../process/failure.js";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Bits of an address, by the result of `isIP`. */
const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };
const HTTP_PORT = "80";
const HTTPS_PORT = "443";

/**
 * The proxy for a URL, from `HTTPS_PROXY` or `HTTP_PROXY` and `NO_PROXY`, in upper or lower case, as Go's
 * client reads them. An entry of `NO_PROXY` is a host with its subdomains, `.host` for the subdomains alone,
 * an address, a range such as `10.0.0.0/8`, or `*`. All except ranges may have a port. Requests to this
 * machine never use a proxy.
 * @throws Failure if a variable is invalid; the message omits the value, which may be a secret
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = variable(name, environment);
  if (text === "" || goesWithout(url, variable("NO_PROXY", environment))) return undefined;
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw unusable(`${name} is not a URL`, url);
  const proxy = new URL(full);
  if (/^https?:$/.test(proxy.protocol)) return proxy;
  throw unusable(`${name} names a proxy of ${proxy.protocol}, which is not http: or https:`, url);
}

function variable(name: string, environment: NodeJS.ProcessEnv): string {
  return environment[name] || environment[name.toLowerCase()] || "";
}

function unusable(message: string, { hostname }: URL): Failure {
  return usageFailure(message, `NO_PROXY=${hostname} bypasses the proxy.`);
}

function goesWithout(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port || (url.protocol === "https:" ? HTTPS_PORT : HTTP_PORT);
  if (host === "localhost" || isAmong(host, LOOPBACK)) return true;
  return list.split(",").some((entry) => covers(entry.trim().toLowerCase(), host, port));
}

/** Whether an entry of NO_PROXY includes a host and its port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [, base = "", bits] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
  if (isIP(base)) return Number(bits) <= (BITS[isIP(base)] ?? 0) && isAmong(host, range(base, Number(bits)));
  if (isIP(entry)) return isAmong(host, range(entry));
  const [, name = "", onlyPort = ""] = /^(\[.*\]|[^:]+)(?::(\d*))?$/.exec(entry) ?? [];
  if (name === "" || (onlyPort !== "" && onlyPort !== port)) return false;
  const address = name.replace(/^\[|\]$/g, "");
  if (isIP(address)) return isAmong(host, range(address));
  const domain = name.replace(/^\*\./, ".");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function range(base: string, bits = BITS[isIP(base)] ?? 0): BlockList {
  const list = new BlockList();
  list.addSubnet(base, bits, isIP(base) === 6 ? "ipv6" : "ipv4");
  return list;
}

function isAmong(host: string, list: BlockList): boolean {
  const kind = isIP(host);
  return kind !== 0 && list.check(host, kind === 6 ? "ipv6" : "ipv4");
}

/** Names the proxy in messages, without credentials. Empty without a proxy. */
export function through(proxy: URL | undefined): string {
  return proxy === undefined ? "" : ` through the proxy ${urlName(proxy).replace(/\/$/, "")}`;
}
