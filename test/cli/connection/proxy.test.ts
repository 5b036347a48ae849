// @module-tag long

import { afterAll, afterEach, describe, expect, test } from "vitest";
import { DebugServer, haveDebugServer, removeDebugServers } from "../../support/debug-server.js";
import { HttpProxy } from "../../support/http-proxy.js";
import { Collector, haveCollector } from "../../support/otlp/collector.js";
import { otlp } from "../../support/otlp/otlp-command.js";
import { emptyFolder, fixture, resultOf, start } from "../command.js";

const haveServers = haveDebugServer("captures through a proxy");
const hasCollector = haveServers && (await haveCollector("spans through a proxy"));

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
});
afterAll(removeDebugServers);

async function startProxy(login?: string): Promise<HttpProxy> {
  const proxy = await HttpProxy.start(login);
  cleanup.push(() => proxy.close());
  return proxy;
}

/** A real Go program. @returns its port */
async function startServer(...flags: readonly string[]): Promise<string> {
  const server = await DebugServer.start("go1.27.1", "-idle", ...flags);
  cleanup.push(() => server.stop());
  return server.address.split(":").at(-1) ?? "";
}

function info(args: readonly string[], env: NodeJS.ProcessEnv, folder = emptyFolder()) {
  const child = start(["info", ...args, "--seconds", "0.2"], folder, { NO_PROXY: "", no_proxy: "", ...env });
  child.stdin.end();
  return resultOf(child);
}

describe.runIf(haveServers)("a capture of a host that only a proxy knows", () => {
  test("is asked of the proxy by http", async () => {
    const proxy = await startProxy("joe:p@ss");
    const port = await startServer();
    const env = { HTTP_PROXY: `http://joe:p%40ss@${proxy.address}` };
    const { code, stdout, stderr } = await info([`server.test:${port}`], env);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`/debug/pprof/trace through the proxy http://${proxy.address} for 0.2 s`),
    ]);
    expect(stdout.toString()).toMatch(/^format +go 1\.26/m);
    expect(proxy.asked).toEqual([`GET http://server.test:${port}/debug/pprof/trace?seconds=0.2`]);
    expect(stderr).not.toMatch(/joe|p@ss|p%40ss/);
  });

  test("goes through a tunnel by https, at whose other end the program is known by its certificate", async () => {
    const proxy = await startProxy();
    const folder = emptyFolder();
    const port = await startServer("-certificates", folder);
    const env = { https_proxy: proxy.address };
    const own = ["--cert", "client.pem", "--key", "client.pem"];
    const url = `https://server.test:${port}`;
    expect((await info([url, "--ca", "ca.pem", ...own], env, folder)).code).toBe(0);
    expect(proxy.asked).toEqual([`CONNECT server.test:${port}`]);
    const other = await info([`https://other.test:${port}`, "--ca", "ca.pem", ...own], env, folder);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("altnames")]);
    const unknown = await info([url, ...own], env, folder);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("with --ca FILE")]);
  });

  test.each(["http", "https"])("says by %s what a proxy wants, and whether there is one", async (scheme) => {
    const proxy = await startProxy("joe:secret");
    const url = `${scheme}://server.test:6060/debug/pprof/trace`;
    const ask = (text: string) => info([url], { [`${scheme.toUpperCase()}_PROXY`]: text });
    const refused = await ask(`http://joe:wrong@${proxy.address}`);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(`through the proxy http://${proxy.address}: the server answers 407`),
    ]);
    expect(refused.stderr).toContain("Put NAME:PASSWORD@ in the URL of the proxy.");
    expect(refused.stderr).not.toMatch(/joe|wrong/);
    const gone = await ask("http://127.0.0.1:1");
    expect([gone.code, gone.stderr]).toEqual([
      1,
      expect.stringContaining("through the proxy http://127.0.0.1:1: the connection is refused"),
    ]);
    expect(gone.stderr).toContain("NO_PROXY=server.test bypasses it.");
    const socks = await ask("socks5://127.0.0.1:1");
    expect([socks.code, socks.stderr]).toEqual([2, expect.stringContaining("names a proxy of socks5:")]);
  });

  test("never goes through one if the host is this machine", async () => {
    const port = await startServer();
    const env = { HTTP_PROXY: "http://127.0.0.1:1" };
    for (const host of ["127.0.0.1", "localhost"])
      expect((await info([`${host}:${port}`], env)).code).toBe(0);
  });
});

describe.runIf(hasCollector)("spans for a collector that only a proxy knows", () => {
  test.each(["http", "https"])("go through it by %s", async (scheme) => {
    const folder = emptyFolder();
    const pem = (name: string) => `${folder}/${name}.pem`;
    await startServer("-certificates", folder);
    const tls = scheme === "https" && { tls: { server: pem("server"), clientAuthority: pem("ca") } };
    const collector = await Collector.start({ ...tls });
    cleanup.push(() => collector.stop());
    const proxy = await startProxy("joe:secret");
    const args = [
      fixture("annotations-go1.26.trace"),
      ...["--endpoint", `${scheme}://server.test:${collector.port}`],
      ...["--ca", pem("ca"), "--cert", pem("client"), "--key", pem("client")],
    ];
    const variable = `${scheme.toUpperCase()}_PROXY`;
    const sent = await otlp(args, { [variable]: `http://joe:secret@${proxy.address}` });
    expect([sent.code, sent.stderr]).toEqual([0, expect.stringContaining("249 sent, 249 accepted")]);
    const way = scheme === "https" ? "CONNECT server.test" : "POST http://server.test";
    for (const line of proxy.asked) expect(line.startsWith(way)).toBe(true);
    await expect.poll(() => collector.spans().length).toBe(249);
    const refused = await otlp(args, { [variable]: proxy.address });
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(`through the proxy http://${proxy.address}: the server answers 407`),
    ]);
    expect(refused.stderr).toContain("Put NAME:PASSWORD@ in the URL of the proxy.");
  });
});
