/*
 * Node 20 has no proxies. The choice follows Go's client, by a test against it: the libraries for it know neither address ranges nor that a
 * domain stands for all names below it.
 */

import { BlockList, isIP } from "node:net";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Bits of an address, by its kind as `isIP` has it. */
const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };
const HTTP_PORT = "80";
const HTTPS_PORT = "443";

/**
 * The proxy through which a URL is asked, by `HTTPS_PROXY` or `HTTP_PROXY` and `NO_PROXY`, which are read as Go's own client
 * reads them, in either case: hosts with all below them, `.host` for only those below, addresses, ranges such as `10.0.0.0/8`,
 * each perhaps with a port, or `*`. This machine is never asked through one.
 * @throws Failure if what is set cannot be used; it does not repeat what may be a secret
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = variable(name, environment);
  if (text === "" || goesWithout(url, variable("NO_PROXY", environment))) return undefined;
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw unusable(`${name} is no URL`, url);
  const proxy = new URL(full);
  if (/^https?:$/.test(proxy.protocol)) return proxy;
  throw unusable(
    `${name} names a proxy of ${proxy.protocol}, and only those of http: and https: are known`,
    url,
  );
}

function variable(name: string, environment: NodeJS.ProcessEnv): string {
  return environment[name] || environment[name.toLowerCase()] || "";
}

function unusable(message: string, { hostname }: URL): Failure {
  return new Failure(message, `NO_PROXY=${hostname} does without one.`, { exitCode: ExitCode.Usage });
}

function goesWithout(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port || (url.protocol === "https:" ? HTTPS_PORT : HTTP_PORT);
  if (host === "localhost" || isAmong(host, LOOPBACK)) return true;
  return list.split(",").some((entry) => covers(entry.trim().toLowerCase(), host, port));
}

/** Whether an entry of NO_PROXY is about a host and its port. */
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
