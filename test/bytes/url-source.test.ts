import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { TraceError } from "../../src/base/errors.js";
import type { ByteSource } from "../../src/bytes/byte-source.js";
import { openUrl, type UrlOptions } from "../../src/bytes/url-source.js";
import { RequestError } from "../../src/node.js";
import { fixture } from "../cli/command.js";
import { OddServer } from "../support/odd-server.js";
import { usedBuffers } from "../support/used-memory.js";

const trace = readFileSync(fixture("sync-go1.26.trace"));

let server: OddServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function ask(answer: RequestListener, options: UrlOptions = {}, path = "/") {
  server = await OddServer.start(answer);
  return openUrl(`http://joe:p%40ss@${server.address}${path}`, options);
}

interface Read {
  readonly bytes: Buffer;
  readonly error: unknown;
}

async function readAll(source: ByteSource): Promise<Read> {
  const parts: Uint8Array[] = [];
  try {
    for await (const chunk of source.chunks()) parts.push(chunk);
    return { bytes: Buffer.concat(parts), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(parts), error };
  }
}

const refusal = (asked: Promise<unknown>): Promise<RequestError> =>
  asked.then(
    () => Promise.reject(new Error("it was answered")),
    (error) => (error instanceof RequestError ? error : Promise.reject(error)),
  );

describe("a source from a URL", () => {
  test("gives the bytes as they arrive, and asks with what it was given", async () => {
    let headers: unknown;
    const source = await ask(
      (request, response) => {
        headers = request.headers;
        for (let i = 0; i < trace.length; i += 1000) response.write(trace.subarray(i, i + 1000));
        response.end();
      },
      { headers: { "X-Team": "go" } },
      "/a?token=secret",
    );
    expect(source.name).toBe(`http://${server?.address}/a`);
    expect(source.size).toBeUndefined();
    const { bytes, error } = await readAll(source);
    expect([bytes.equals(trace), error]).toEqual([true, undefined]);
    const authorization = `Basic ${Buffer.from("joe:p@ss").toString("base64")}`;
    expect(headers).toMatchObject({ authorization, "x-team": "go", "accept-encoding": "identity" });
  });

  test("knows the size of a file that is served, unless it is compressed on the way", async () => {
    const answers = [{}, { "content-encoding": "gzip" }];
    for (const encoding of answers) {
      const source = await ask((_, response) => {
        response.writeHead(200, { "content-length": trace.length, ...encoding }).end(trace);
      });
      expect(source.size).toBe("content-encoding" in encoding ? undefined : trace.length);
      await readAll(source);
      await server?.close();
    }
  });

  test("gives everything before a connection breaks, however slowly it is read", async () => {
    const source = await ask((_, response) => {
      response.writeHead(200, { "content-length": trace.length });
      response.write(trace.subarray(0, 40_000), () => response.destroy());
    });
    await sleep(100);
    const { bytes, error } = await readAll(source);
    expect(bytes.equals(trace.subarray(0, 40_000))).toBe(true);
    expect(error).toBeInstanceOf(TraceError);
    expect(error).toMatchObject({ code: "connection-lost", message: expect.stringMatching(/40,000 bytes/) });
  });

  describe("with a reader that is behind", () => {
    // More than a megabyte, so that some of it waits in Node's response.
    const body = Buffer.concat(Array.from({ length: 23 }, () => trace));
    const breaks: [string, IncomingHttpHeaders, (socket: Socket) => void][] = [
      ["breaks", { "transfer-encoding": "chunked" }, (socket) => socket.end()],
      ["is reset", { "transfer-encoding": "chunked" }, (socket) => socket.resetAndDestroy()],
      ["is reset, where only its end ends the body", { connection: "close" }, (s) => s.resetAndDestroy()],
    ];

    test.each(breaks)("gives everything if the connection %s", async (_, headers, end) => {
      const source = await ask((_, response) => {
        response.useChunkedEncodingByDefault = false;
        response.writeHead(200, headers).write(body);
        setTimeout(() => response.socket !== null && end(response.socket), 200);
      });
      await sleep(400);
      const { bytes, error } = await readAll(source);
      expect([bytes.length, bytes.equals(body)]).toEqual([body.length, true]);
      expect(error).toMatchObject({
        code: "connection-lost",
        message: `the connection broke, after ${body.length.toLocaleString("en")} bytes`,
      });
    });

    test("gives everything once if it is stopped", async () => {
      let isWritten = () => {};
      const written = new Promise<void>((resolve) => {
        isWritten = resolve;
      });
      const source = await ask((_, response) => void response.write(body, () => isWritten()));
      await written;
      await sleep(300);
      source.stop();
      const { bytes, error } = await readAll(source);
      expect([bytes.length, bytes.equals(body)]).toEqual([body.length, true]);
      expect(error).toMatchObject({ code: "capture-stopped" });
    });
  });

  test("gives up a server that falls silent, sooner if it is one that writes every second", async () => {
    const answer: RequestListener = (_, response) => void response.write(trace.subarray(0, 30_000));
    const source = await ask(answer, { timeout: 300 }, "/trace?seconds=60");
    const start = performance.now();
    const { bytes, error } = await readAll(source);
    expect(bytes.equals(trace.subarray(0, 30_000))).toBe(true);
    expect(error).toMatchObject({ code: "connection-lost", message: expect.stringMatching(/0\.3 s/) });
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("waits for an older server as long as it captures", async () => {
    const source = await ask(
      async (_, response) => {
        response.write("go 1.21 trace\0\0\0");
        await sleep(900);
        response.end("the rest");
      },
      { timeout: 300 },
      "/trace?seconds=1",
    );
    expect(await readAll(source)).toEqual({
      bytes: Buffer.from("go 1.21 trace\0\0\0the rest"),
      error: undefined,
    });
  });

  test("waits for as long as it is told, however long that is", async () => {
    const answer: RequestListener = async (_, response) => {
      await sleep(100);
      response.write(trace.subarray(0, 20_000));
      await sleep(100);
      response.end(trace.subarray(20_000));
    };
    const source = await ask(answer, { timeout: 1e10 }, "/trace?seconds=1e300");
    expect((await readAll(source)).bytes.equals(trace)).toBe(true);
  });

  test("can be stopped: what has arrived is given", async () => {
    const source = await ask((_, response) => void response.write(trace.subarray(0, 20_000)));
    setTimeout(() => source.stop(), 200);
    const { bytes, error } = await readAll(source);
    expect(bytes.equals(trace.subarray(0, 20_000))).toBe(true);
    expect(error).toMatchObject({ code: "capture-stopped", message: expect.stringMatching(/20,000 bytes/) });
  });

  test("makes a server wait that writes faster than is read", async () => {
    let written = 0;
    const total = 100_000_000;
    const source = await ask(async (_, response) => {
      const piece = Buffer.alloc(100_000);
      for (; written < total; written += piece.length)
        if (!response.write(piece)) await once(response, "drain");
      response.end();
    });
    await sleep(500);
    // Buffers of the system on both sides, and the megabyte that may wait here.
    expect(written).toBeLessThan(20_000_000);
    const before = usedBuffers();
    let length = 0;
    for await (const chunk of source.chunks()) length += chunk.length;
    expect(length).toBe(total);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  test("ends the connection when nothing more is wanted", async () => {
    let closed: Promise<unknown> | undefined;
    const source = await ask((_, response) => {
      closed = once(response, "close");
      response.write(trace.subarray(0, 20_000));
    });
    for await (const _ of source.chunks()) break;
    await closed;
  });
});

describe("an answer that is no trace", () => {
  test("a redirect is named, without the credentials in it, and not followed", async () => {
    let requests = 0;
    const location = "//eve:secret@127.0.0.1:1/there?token=secret";
    const asked = ask((_, response) => {
      requests++;
      response.writeHead(302, { location }).end();
    });
    const error = await refusal(asked);
    expect([error.code, error.status]).toEqual(["redirect", 302]);
    expect(error.message).toBe("the server redirects to http://127.0.0.1:1/there");
    expect(requests).toBe(1);
  });

  test.each([
    [500, "text/plain", "Could not enable tracing\nmore", ": Could not enable tracing"],
    [404, "text/html", "<html>no</html>", ": a web page"],
    [502, "text/plain", "\u001b[31mred\u0007", ": \\u001b[31mred\\u0007"],
    [503, "application/gzip", gzipSync("no text"), ""],
    [401, "text/plain", "x".repeat(1e6), `: ${"x".repeat(200)}…`],
    [204, "text/plain", "", ""],
  ])("status %i, with %s", async (status, type, body, shown) => {
    const error = await refusal(
      ask((_, response) => void response.writeHead(status, "Words", { "content-type": type }).end(body)),
    );
    expect([error.code, error.status]).toEqual(["status", status]);
    expect(error.message).toBe(`the server answers ${status} Words${shown}`);
  });

  test("the name and the password are not shown, even if the server says them", async () => {
    const error = await refusal(
      ask((_, response) => void response.writeHead(401, "No joe").end("joey, joe with p@ss or p%40ss: no")),
    );
    expect(error.message).toBe("the server answers 401 No …: joey, … with … or …: no");
  });

  test("an error whose text does not end is shown as far as it comes", async () => {
    const error = await refusal(ask((_, response) => void response.writeHead(500).write("no end")));
    expect(error.message).toMatch(/: no end$/);
  });

  test("no compression is none", async () => {
    const source = await ask((_, response) => {
      response.writeHead(200, { "content-encoding": "", "content-length": trace.length }).end(trace);
    });
    expect([source.size, (await readAll(source)).bytes.equals(trace)]).toEqual([trace.length, true]);
  });

  test("a compression that is not known is named", async () => {
    const asked = ask((_, response) => void response.writeHead(200, { "content-encoding": "br" }).end("x"));
    expect(await refusal(asked)).toMatchObject({ code: "encoding", message: expect.stringMatching(/\bbr$/) });
  });

  test("silence", async () => {
    const asked = ask(() => undefined, { timeout: 200 }, "/trace?seconds=0.3");
    expect(await refusal(asked)).toMatchObject({ code: "silent", message: expect.stringMatching(/0\.5 s/) });
  });

  test.each([
    ["something else than HTTP", (socket: Socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"), "not-http"],
    ["a connection that ends", (socket: Socket) => socket.destroy(), "unreachable"],
  ])("%s", async (_, answer, code) => {
    const odd = createServer(
      (socket) => void socket.on("error", () => undefined).once("data", () => answer(socket)),
    );
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    const { port } = odd.address() as AddressInfo;
    expect((await refusal(openUrl(`http://127.0.0.1:${port}/`))).code).toBe(code);
    expect((await refusal(openUrl(`https://127.0.0.1:${port}/`))).code).toMatch(/^(tls|unreachable)$/);
    odd.close();
    expect(await refusal(openUrl(`http://127.0.0.1:${port}/`))).toMatchObject({
      code: "unreachable",
      message: "the connection is refused",
    });
  });

  test("a URL of another kind is none", async () => {
    await expect(openUrl("ftp://127.0.0.1/")).rejects.toThrow(TypeError);
  });
});
