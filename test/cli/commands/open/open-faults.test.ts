// @module-tag long
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, filesIn, fixture, go2perfetto } from "../../command.js";
import { ask, opened } from "./opened.js";

const UI = "http://viewer.test:8080/";
const ORIGIN = "http://viewer.test:8080";
const VIEWER = { origin: ORIGIN };
/** What it is converted to fills the buffers of no connection. */
const LARGE = fixture("http.trace");
const COMMON = ["--no-browser", "--ui", UI];

let conversion: Buffer;
const sockets: Socket[] = [];

beforeAll(() => {
  conversion = go2perfetto([LARGE, "-o", "-"]).stdout;
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A download whose beginning has come, and of which no more is read until it is asked for. */
async function download(url: string): Promise<IncomingMessage> {
  const sent = request(url, { headers: VIEWER, agent: false }).end();
  const [response] = await once(sent, "response");
  return response;
}

async function rest(response: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await response.toArray());
}

/** Sends bytes to a server, and leaves the connection open. @returns what has been answered when it is closed */
function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.write(text);
  return socket.toArray().then(
    (chunks) => Buffer.concat(chunks).toString("latin1"),
    () => "",
  );
}

describe("a trace that is opened", () => {
  test("is whole for each page that fetches it at the same time, however slowly", async () => {
    const { url, temporary, result } = await opened([LARGE, ...COMMON]);
    const slow = await download(url);
    const quick = await rest(await download(url));
    const second = await download(url);
    await sleep(200);
    const bodies = [quick, await rest(slow), await rest(second)];
    expect(bodies.map((body) => body.equals(conversion))).toEqual([true, true, true]);
    expect([(await result).code, filesIn(temporary)]).toEqual([0, []]);
  });

  test("is fetched when one page has all of it, though another never reads on", async () => {
    const { url, temporary, result } = await opened([LARGE, ...COMMON, "--timeout", "3s"]);
    const stuck = await download(url);
    expect((await rest(await download(url))).equals(conversion)).toBe(true);
    expect([(await result).code, filesIn(temporary)]).toEqual([0, []]);
    stuck.destroy();
  });

  test("is not fetched if all give up on the way", async () => {
    const { url, temporary, result } = await opened([LARGE, ...COMMON, "--timeout", "3s"]);
    for (const response of [await download(url), await download(url)]) response.destroy();
    const { code, stderr } = await result;
    expect([code, filesIn(temporary)]).toEqual([1, []]);
    expect(stderr).toContain("has not fetched the trace within 3 s");
  });

  test("reaches the viewer beside two hundred connections that say nothing or dawdle", async () => {
    const { url, temporary, result } = await opened([LARGE, ...COMMON]);
    const { host } = new URL(url);
    const beginnings = ["", "G", `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `, "\u0016\u0003\u0001"];
    for (let i = 0; i < 200; i++) void sendRaw(url, beginnings[i % beginnings.length] ?? "");
    await sleep(200);
    expect((await rest(await download(url))).equals(conversion)).toBe(true);
    expect([(await result).code, filesIn(temporary)]).toEqual([0, []]);
  });

  test("is given whole or refused, whatever is asked", async () => {
    const { url, stop } = await opened([LARGE, ...COMMON, "--keep"]);
    const { host, pathname } = new URL(url);
    const range = await ask(url, "GET", { ...VIEWER, range: "bytes=0-9", "if-range": "x" });
    expect([range.status, range.headers["accept-ranges"], range.body.equals(conversion)]).toEqual([
      200,
      undefined,
      true,
    ]);
    const head = await ask(url, "HEAD", VIEWER);
    expect([head.status, head.body.length]).toEqual([405, 0]);
    const from = `Host: ${host}\r\nOrigin: ${ORIGIN}\r\n`;
    const refused: [string, number][] = [
      [`GET http://evil.test${pathname} HTTP/1.1\r\n${from}\r\n`, 404],
      [`GET ${pathname} HTTP/1.1\r\nOrigin: ${ORIGIN}\r\n\r\n`, 400],
      [`GET ${pathname} HTTP/1.0\r\nOrigin: ${ORIGIN}\r\n\r\n`, 421],
      [`GET ${pathname} HTTP/1.1\r\n${from}X: ${"x".repeat(17_000)}\r\n\r\n`, 431],
      [`TRACE ${pathname} HTTP/1.1\r\n${from}\r\n`, 405],
      [`DELETE ${pathname} HTTP/1.1\r\n${from}\r\n`, 405],
      [`PROPFIND ${pathname} HTTP/1.1\r\n${from}\r\n`, 405],
      [`HTTP/1.1 200 OK\r\n\r\n`, 400],
    ];
    for (const [text, status] of refused) {
      const answer = await sendRaw(url, text);
      expect([text.slice(0, 60), answer.split("\r\n")[0]]).toEqual([
        text.slice(0, 60),
        expect.stringContaining(`HTTP/1.1 ${status} `),
      ]);
      expect(answer.toLowerCase()).not.toContain("access-control");
    }
    // A request that stands behind another is of a connection that ends.
    const two = await sendRaw(url, `GET ${pathname} HTTP/1.1\r\n${from}\r\n`.repeat(2));
    expect(two.split("HTTP/1.1 200 OK")).toHaveLength(2);
    expect(await stop()).toBe(130);
  });

  test("that has a hostile name is fetched by it", async () => {
    const folder = emptyFolder();
    const name = "<!--<script>alert(1)\u2028'\"%2f\n.trace";
    writeFileSync(join(folder, name), readFileSync(fixture("sync-go1.26.trace")));
    const { url, result } = await opened([join(folder, name), ...COMMON]);
    expect(url).toMatch(/^[!-~]+$/);
    expect((await ask(url, "GET", VIEWER)).status).toBe(200);
    const { code, stderr } = await result;
    expect([code, stderr.split("\n").length]).toEqual([0, 3]);
  });
});
