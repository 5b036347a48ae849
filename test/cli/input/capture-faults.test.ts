// @module-tag long
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { OddServer } from "../../support/odd-server.js";
import { RawServer } from "../../support/raw-server.js";
import { emptyFolder, filesIn, fixture, resultOf, running, start } from "../command.js";

const trace = readFileSync(fixture("sync-go1.26.trace"));
const OK = "HTTP/1.1 200 OK\r\n";
/** Bytes of memory, and of an answer that is read without need. */
const MOST = 256 << 20;

const servers: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function rawServer(answer: (socket: Socket, server: RawServer) => void): Promise<RawServer> {
  const server = await RawServer.start(answer);
  servers.push(server);
  return server;
}

const said = (head: string, body: string | Uint8Array) => (socket: Socket) => {
  socket.write(`${OK}${head}\r\n\r\n`);
  socket.end(body);
};

const chunk = (size: string, bytes: Uint8Array, more: string) =>
  Buffer.concat([Buffer.from(`${size}\r\n`), bytes, Buffer.from(more)]);

const ENDS = "the input ends within a batch";
const BROKE = "the connection broke";

describe("a server that lies about its answer", () => {
  const part = trace.subarray(0, 30_000);

  test.each<[string, (socket: Socket) => void, number, number, string]>([
    ["is shorter", said(`Content-Length: ${trace.length - 1000}`, trace), 3, trace.length - 1000, ENDS],
    ["is longer", said(`Content-Length: ${trace.length + 1000}`, trace), 3, trace.length, BROKE],
    [
      "has chunks that are garbage",
      said("Transfer-Encoding: chunked", chunk("7530", part, "\r\nzzz\r\n")),
      3,
      30_000,
      BROKE,
    ],
    [
      "has a chunk of 16 EB",
      said("Transfer-Encoding: chunked", chunk("ffffffffffffffff", trace, "")),
      3,
      trace.length,
      BROKE,
    ],
    ["is gzip, but is not", said("Content-Encoding: gzip", trace), 0, trace.length, "9,845 events"],
    ["is not gzip, but is", said("X: x", gzipSync(trace)), 0, gzipSync(trace).length, "9,845 events"],
  ])("that it %s: what came is saved and converted", async (_, answer, code, bytes, words) => {
    const { address } = await rawServer(answer);
    const folder = emptyFolder();
    const result = await running([address, "--save", "raw", "-o", "out.pftrace"], folder);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(words)]);
    expect(filesIn(folder)).toEqual(["out.pftrace", "raw"]);
    expect(readFileSync(join(folder, "raw")).length).toBe(bytes);
  });

  test.each<[string, (socket: Socket, server: RawServer) => void, string]>([
    ["a length below zero", said("Content-Length: -5", trace), "Content-Length"],
    ["a length beyond all numbers", said("Content-Length: 99999999999999999999", trace), "Content-Length"],
    ["two lengths", said("Content-Length: 5\r\nContent-Length: 6", trace), "Content-Length"],
    [
      "gzip that is damaged",
      said("Content-Encoding: gzip", Buffer.from("1f8b0800000000000000ffffff", "hex")),
      "the gzip data is damaged",
    ],
    ["a compression that is not known", said("Content-Encoding: br", trace), "the server compresses with br"],
    [
      "a head without end",
      (socket, server) => server.drip(socket, OK + `X: ${"y".repeat(4000)}\r\n`.repeat(9), 50),
      "Header overflow",
    ],
    [
      "a head that drips",
      (socket, server) => server.drip(socket, "HTTP/1.1 100 Continue\r\n\r\n", 50),
      "nothing was answered within 1 s",
    ],
    [
      "an error in JSON",
      (socket) => socket.end('HTTP/1.1 403 no\r\n\r\n{"error":"\u001b[31mlogin"}'),
      'the server answers 403 no: {"error":"\\u001b[31mlogin"}',
    ],
    ["no answer", (socket) => socket.end(), "the connection broke before an answer"],
    ["a reset", (socket) => socket.resetAndDestroy(), "the connection broke before an answer"],
    [
      "ten gigabytes that are no trace",
      (socket, server) => server.flood(socket, `${OK}\r\n`),
      "is not a Go execution trace",
    ],
    [
      "an error of ten gigabytes",
      (socket, server) => server.flood(socket, "HTTP/1.1 500 no\r\n\r\n"),
      "the server answers 500 no",
    ],
  ])("and gives %s: one clear error, and no file", async (_, answer, words) => {
    const server = await rawServer(answer);
    const folder = emptyFolder();
    const url = `http://${server.address}/trace.out`;
    const { code, stderr } = await running([url, "--timeout", "1s", "--save", "raw"], folder);
    expect([code, stderr, filesIn(folder)]).toEqual([1, expect.stringContaining(words), []]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(server.sent).toBeLessThan(MOST);
  });
});

/** The most memory that a process has had, in bytes, where the system tells. */
function peakMemory(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  } catch {
    return 0;
  }
}

test("a server that never stops is stopped by Ctrl-C, which keeps the trace, in bounded memory", async () => {
  const server = await rawServer((socket, self) => {
    socket.write(`${OK}\r\n`);
    self.flood(socket, trace);
  });
  const folder = emptyFolder();
  const child = start([server.address, "-o", "out.pftrace"], folder);
  const result = resultOf(child);
  while (server.sent < MOST && child.exitCode === null) await sleep(20);
  expect(peakMemory(child.pid)).toBeLessThan(MOST);
  child.kill("SIGINT");
  const { code, stderr } = await result;
  expect([code, filesIn(folder)]).toEqual([3, ["out.pftrace"]]);
  expect(stderr).toContain("9,845 events");
});

test("a server that drips a trace is stopped by Ctrl-C, and nothing that is of no use is left", async () => {
  const { address } = await rawServer((socket, server) => {
    socket.write(`${OK}\r\ngo 1.26 trace\0\0\0`);
    server.drip(socket, "\u0001", 50);
  });
  const folder = emptyFolder();
  const child = start([address, "--timeout", "1s", "-o", "out.pftrace"], folder);
  const result = resultOf(child);
  await sleep(3000);
  expect(child.exitCode).toBe(null);
  child.kill("SIGINT");
  const { code } = await result;
  expect([code, filesIn(folder)]).toEqual([1, []]);
});

describe("TLS on one side only is named", () => {
  test("http:// to a port of https that says nothing", async () => {
    const server = createTlsServer({}).on("tlsClientError", (_, socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const { port } = server.address() as { port: number };
    const { code, stderr } = await running(["info", `127.0.0.1:${port}`], emptyFolder());
    expect([code, stderr]).toEqual([1, expect.stringContaining("https://, not http://")]);
  });

  test.each([
    ["Go's", "Client sent an HTTP request to an HTTPS server.\n"],
    [
      "nginx's",
      "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n",
    ],
  ])("http:// to a port of https, by %s words", async (_, body) => {
    const server = await OddServer.start((_request, response) => response.writeHead(400).end(body));
    servers.push(server);
    const { code, stderr } = await running(["info", server.address], emptyFolder());
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("  The server speaks https://, not http://.\n"),
    ]);
  });

  test("https:// to a port of http", async () => {
    const server = await OddServer.start((_, response) => void response.end(trace));
    servers.push(server);
    const { code, stderr } = await running(["info", `https://${server.address}`], emptyFolder());
    expect([code, stderr]).toEqual([1, expect.stringContaining("http://, not https://?")]);
  });
});
