// @module-tag long

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import {
  type FakeAnswer,
  type FakeBehaviour,
  FakeEndpoint,
  type FakeRequest,
  isPreflight,
} from "../../../support/otlp/fake-endpoint.js";
import { otlpProblems } from "../../../support/otlp/integrity-otlp.js";
import { otlp, startOtlp } from "../../../support/otlp/otlp-command.js";
import { fixture } from "../../command.js";

/** Twelve requests of spans. */
const TRACE = fixture("sync-go1.26.trace");
/** Spans of a request. */
const BATCH = 512;
const WHOLE = ["--states", "all", "--min-block", "0", "--max-spans-per-trace", "0"];
/** Its first generation ends behind 770,000 bytes. */
const UNFINISHED = fixture("http.trace");
const MANY_GENERATIONS = fixture("manygens-sync-go1.26.trace");
/** Of a whole command, in milliseconds; what an endpoint is given by default, tries included, is longer. */
const PROMPT = 8000;
const LONGEST = 20_000;
const JSON_PROTOCOL = ["--protocol", "http/json"];

let endpoint: FakeEndpoint | undefined;
afterEach(() => endpoint?.close());

/** Sends a trace to an endpoint that behaves so. */
async function sendTo(behaviour: FakeBehaviour, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  endpoint = await FakeEndpoint.start(behaviour);
  const result = await otlp([TRACE, "--endpoint", endpoint.url, ...JSON_PROTOCOL, ...WHOLE, ...args], env);
  return { ...result, endpoint, counts: countsIn(result.stderr) };
}

/** The closing line: how many were sent, accepted, rejected, not delivered and not sent. */
function countsIn(stderr: string) {
  const number = (words: string) =>
    Number((new RegExp(`([\\d,]+) ${words}`).exec(stderr)?.[1] ?? "0").replaceAll(",", ""));
  return {
    made: number("spans in"),
    sent: number("sent,"),
    accepted: number("accepted"),
    rejected: number("rejected"),
    undelivered: number("not delivered"),
    unsent: number("not sent"),
  };
}

describe("what is sent arrives, once and whole,", () => {
  test("at an endpoint that takes it", async () => {
    const { code, counts, endpoint } = await sendTo(() => undefined);
    expect(code).toBe(0);
    expect(counts.made).toBeGreaterThan(6000);
    expect(counts).toMatchObject({ sent: counts.made, accepted: counts.made, rejected: 0 });
    expect(endpoint.accepted).toHaveLength(counts.made);
    expect(otlpProblems(endpoint.accepted)).toEqual([]);
    expect(Math.max(...endpoint.requests.map(({ spans }) => spans.length))).toBe(BATCH);
  });

  test.each([429, 503])("when the endpoint is busy for a while (%d, Retry-After)", async (status) => {
    let refused: FakeRequest | undefined;
    let waited = 0;
    let since = 0;
    const { code, counts, endpoint } = await sendTo((request) => {
      if (request.number === 1) {
        refused = request;
        since = performance.now();
        return { status, headers: { "Retry-After": "1" } };
      }
      if (refused?.body.equals(request.body)) waited = performance.now() - since;
      return undefined;
    });
    expect(code).toBe(0);
    expect(counts.accepted).toBe(counts.made);
    expect(otlpProblems(endpoint.accepted)).toEqual([]);
    expect(waited).toBeGreaterThan(950);
  });

  test("when a connection is cut", async () => {
    const { code, counts, endpoint } = await sendTo(({ number }) => (number === 1 ? "cut" : undefined));
    expect(code).toBe(0);
    expect(endpoint.accepted).toHaveLength(counts.made);
  });

  test.each([
    [413, ""],
    [400, "http: request body too large"],
  ])("when requests are too large (%d)", async (status, body) => {
    const limit = 100_000;
    const { code, counts, endpoint } = await sendTo((request) =>
      request.body.length > limit ? { status, body } : undefined,
    );
    expect(code).toBe(0);
    expect(endpoint.accepted).toHaveLength(counts.made);
    expect(otlpProblems(endpoint.accepted)).toEqual([]);
    expect(endpoint.requests.some((request) => request.body.length > limit)).toBe(true);
  });

  test("in requests of the size that is asked for", async () => {
    const { code, counts, endpoint } = await sendTo(() => undefined, ["--max-request-bytes", "20kB"]);
    expect(code).toBe(0);
    expect(endpoint.accepted).toHaveLength(counts.made);
    expect(Math.max(...endpoint.requests.map(({ body }) => body.length))).toBeLessThanOrEqual(20_000);
  });

  test("at an endpoint that is slow, in no more than two requests at a time", async () => {
    const { code, counts, endpoint } = await sendTo(() => pause(300).then(() => undefined));
    expect(code).toBe(0);
    expect(endpoint.accepted).toHaveLength(counts.made);
    expect(endpoint.mostAtOnce).toBe(2);
  });
});

describe("what does not arrive is counted:", () => {
  // Field 1 of the answer: 1 is how many were rejected (7), 2 why.
  const protobuf = Buffer.concat([Buffer.from([10, 11, 8, 7, 18, 7]), Buffer.from("too old")]);

  test.each([
    ["http/json", JSON.stringify({ partialSuccess: { rejectedSpans: "7", errorMessage: "too old" } })],
    ["http/protobuf", protobuf],
  ])("partial success (%s)", async (protocol, body) => {
    endpoint = await FakeEndpoint.start(({ number }) => (number === 1 ? { body } : undefined));
    const args = ["--endpoint", endpoint.url, "--protocol", protocol, ...WHOLE];
    const { code, stderr } = await otlp([TRACE, ...args]);
    const counts = countsIn(stderr);
    expect(code).toBe(1);
    expect(counts).toMatchObject({ sent: counts.made, accepted: counts.made - 7, rejected: 7 });
    expect(stderr).toContain("too old");
    expect(stderr).toContain("error: the endpoint did not accept 7 spans");
  });

  test("a request that is refused, and the others are sent", async () => {
    const { code, counts, stderr } = await sendTo(({ number }) =>
      number === 1 ? { status: 400 } : undefined,
    );
    expect(code).toBe(1);
    expect(counts).toMatchObject({ sent: counts.made, accepted: counts.made - BATCH, rejected: BATCH });
    expect(stderr).toContain("the server answers 400 Bad Request");
  });

  test("an endpoint that is busy for longer than there is time", async () => {
    const busy: FakeBehaviour = ({ number }) => (number < 1 ? undefined : { status: 503 });
    const { code, counts, stderr } = await sendTo(busy, ["--timeout", "1s"]);
    expect(code).toBe(1);
    expect(counts.accepted).toBe(BATCH);
    expect(counts.accepted + counts.undelivered + counts.unsent).toBe(counts.made);
    expect(stderr).toContain("the server was busy");
  });

  test("an endpoint that never answers", async () => {
    const hang: FakeBehaviour = (request) => (isPreflight(request) ? undefined : "hang");
    const { code, counts, stderr, time } = await sendTo(hang, ["--timeout", "1s"]);
    expect(code).toBe(1);
    expect(counts.accepted).toBe(0);
    expect(counts.undelivered).toBeGreaterThanOrEqual(BATCH);
    expect(counts.undelivered + counts.unsent).toBe(counts.made);
    expect(stderr).toMatch(/error: gave up sending to http:\S+: there was no answer in time/);
    expect(time).toBeLessThan(LONGEST);
  });

  test("credentials that are taken back in between", async () => {
    const { code, counts, stderr } = await sendTo(({ number }) => (number < 1 ? undefined : { status: 401 }));
    expect(code).toBe(1);
    expect(counts.accepted).toBe(BATCH);
    expect(counts.rejected).toBeGreaterThanOrEqual(BATCH);
    expect(counts.accepted + counts.rejected + counts.unsent).toBe(counts.made);
    expect(stderr).toContain("gave up sending");
    expect(stderr).toContain("Give --header 'Authorization: …'.");
  });
});

describe("an endpoint that is out of its mind ends neither time nor memory, and every span is counted:", () => {
  const TIMEOUT = ["--timeout", "1s"];
  /** Of all that the command reads of answers, in bytes. */
  const MOST = 64 << 20;

  test.each<[string, FakeAnswer, RegExp]>([
    ["answers without end", { endless: "flood" }, /response body exceeded size limit/],
    ["errors without end", { status: 503, endless: "flood" }, /response body exceeded size limit/],
    ["answers that drip", { endless: "drip" }, /gave up sending .*: there was no answer in time/],
    ["errors that drip", { status: 400, endless: "drip" }, /gave up sending .*: there was no answer in time/],
    ["busy for centuries", { status: 429, headers: { "Retry-After": "99999999999" } }, /the server was busy/],
    [
      "busy until a far day",
      { status: 503, headers: { "Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT" } },
      /the server was busy/,
    ],
    ["busy until no time", { status: 503, headers: { "Retry-After": "soon" } }, /the server was busy/],
    ["redirects", { status: 307, headers: { Location: "http://evil.test/" } }, /answers 307/],
    ["nothing is small enough", { status: 413 }, /gave up sending .*: the server answers 413/],
    ["a status that nobody knows", { status: 599 }, /the server answers 599/],
    ["a status with a long text", { status: 400, body: "x".repeat(3e6) }, /the server answers 400/],
  ])("%s", async (_, answer, words) => {
    const { code, counts, stderr, time, endpoint } = await sendTo(
      (request) => (isPreflight(request) ? undefined : answer),
      TIMEOUT,
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
    expect(counts.made).toBeGreaterThan(BATCH);
    expect([counts.accepted, counts.rejected + counts.undelivered + counts.unsent]).toEqual([0, counts.made]);
    expect(time).toBeLessThan(LONGEST);
    expect(endpoint.flooded).toBeLessThan(MOST);
    expect(endpoint.requests.length).toBeLessThan(100);
  });

  test.each<[string, unknown, number]>([
    ["more than there were", { rejectedSpans: 99_999 }, BATCH],
    ["more than any number", { rejectedSpans: "1e999" }, BATCH],
    ["less than none", { rejectedSpans: "-7" }, 0],
    ["no number", { rejectedSpans: { valueOf: 1 }, errorMessage: { toString: 5 } }, 0],
    ["nothing that is known", "rejected", 0],
  ])("one that says that it took %s", async (_, partialSuccess, rejected) => {
    const body = JSON.stringify({ partialSuccess });
    const { code, counts } = await sendTo(({ number }) => (number === 1 ? { body } : undefined));
    expect([code, counts.rejected, counts.accepted]).toEqual([
      rejected > 0 ? 1 : 0,
      rejected,
      counts.made - rejected,
    ]);
  });

  test("one whose words are long, or would do something to a terminal", async () => {
    const errorMessage = `\u001b]0;owned\u0007\n${"x".repeat(1e6)}`;
    const body = JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage } });
    const { code, stderr } = await sendTo((request) => (isPreflight(request) ? undefined : { body }));
    expect([code, stderr]).toEqual([1, expect.stringContaining("\\u001b]0;owned\\u0007\\u000axxx")]);
    expect(stderr.length).toBeLessThan(2000);
  });

  test("one that dies in the middle", async () => {
    const { code, counts, stderr } = await sendTo(({ number }) => (number > 1 ? "cut" : undefined), TIMEOUT);
    expect(code).toBe(1);
    expect(counts.accepted).toBe(2 * BATCH);
    expect(counts.accepted + counts.undelivered + counts.unsent).toBe(counts.made);
    expect(stderr).toContain("the connection broke before an answer");
  });

  test("one that reads no further", async () => {
    // It takes the question whether there is anybody.
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (start: Buffer) => {
        if (start.length < 1000) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        else socket.pause();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr, time } = await otlp([
      TRACE,
      "--endpoint",
      url,
      ...JSON_PROTOCOL,
      ...WHOLE,
      ...TIMEOUT,
    ]);
    server.close();
    const counts = countsIn(stderr);
    expect([code, stderr]).toEqual([1, expect.stringContaining("there was no answer in time")]);
    expect(counts.undelivered + counts.unsent).toBe(counts.made);
    expect(time).toBeLessThan(LONGEST);
  });
});

describe("before anything is read, it is an error that", () => {
  test.each([
    [{ status: 401 }, "the server answers 401 Unauthorized", "Give --header"],
    [{ status: 404 }, "the server answers 404 Not Found", "the port is usually 4318"],
    [{ status: 415 }, "the server answers 415", "Try the other --protocol."],
    [
      { status: 307, headers: { Location: "http://elsewhere/" } },
      "answers 307",
      "Give the URL that it redirects to.",
    ],
    [{ body: "<!doctype html>" }, "is not an OTLP endpoint", "usually 4318"],
    ["cut" as const, "the connection broke before an answer", "https:// instead of http://"],
  ])("the endpoint answers with %j", async (answer, what, advice) => {
    const { code, stderr, endpoint, time } = await sendTo(() => answer);
    expect([code, stderr]).toEqual([1, expect.stringContaining(what)]);
    expect(stderr).toContain(advice);
    expect(endpoint.requests.every(isPreflight)).toBe(true);
    expect(time).toBeLessThan(PROMPT);
  });

  test("the endpoint speaks something else", async () => {
    const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await otlp([TRACE, "--endpoint", `http://user:secret@127.0.0.1:${port}`]);
    server.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining("the answer is not HTTP/1.1")]);
    expect(stderr).not.toContain("secret");
  });
});

describe("requests", () => {
  test("have the headers of options and environment, of which options win", async () => {
    const args = ["--header", "X-Own: option", "--header", "x-more=2", "--compression", "gzip"];
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: "x-own=environment,x-tenant=other, x-query = a=b;c%2C ,",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-tenant=shop%201",
      OTEL_EXPORTER_OTLP_COMPRESSION: "none",
    };
    const { code, endpoint, counts } = await sendTo(() => undefined, args, env);
    expect(code).toBe(0);
    expect(endpoint.accepted).toHaveLength(counts.made);
    for (const { headers, path } of endpoint.requests) {
      expect(path).toBe("/v1/traces");
      expect(headers).toMatchObject({
        "x-own": "option",
        "x-more": "2",
        "x-tenant": "shop 1",
        "x-query": "a=b;c,",
        "content-encoding": "gzip",
        "user-agent": expect.stringMatching(/^go2perfetto\//),
      });
    }
  });

  test("go where the environment says", async () => {
    endpoint = await FakeEndpoint.start(() => undefined);
    const env = {
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint.url}/base/`,
    };
    expect((await otlp([TRACE], env)).code).toBe(0);
    expect(new Set(endpoint.requests.map(({ path }) => path))).toEqual(new Set(["/base/v1/traces"]));
    const own = { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint.url}/own` };
    expect((await otlp([TRACE], own)).code).toBe(0);
    expect(endpoint.requests.at(-1)?.path).toBe("/own");
  });
});

describe("Ctrl-C", () => {
  test("lets what is on its way arrive, and says what did", async () => {
    let interrupt = (): unknown => undefined;
    let since = 0;
    const fake = await FakeEndpoint.start(async (request) => {
      if (isPreflight(request)) return undefined;
      since ||= performance.now();
      interrupt();
      await pause(200);
      return undefined;
    });
    endpoint = fake;
    const { child, result } = startOtlp([TRACE, "--endpoint", fake.url, ...JSON_PROTOCOL, ...WHOLE]);
    interrupt = () => !child.killed && child.kill("SIGINT");
    const { code, stderr } = await result;
    expect(code).toBe(130);
    expect(performance.now() - since).toBeLessThan(PROMPT);
    expect(countsIn(stderr).accepted).toBeGreaterThanOrEqual(BATCH);
    expect(fake.accepted.length).toBe(countsIn(stderr).accepted);
  });

  test("says so if there is nothing to send yet", async () => {
    const fake = await FakeEndpoint.start(() => undefined);
    endpoint = fake;
    const { child, result } = startOtlp(["-", "--endpoint", fake.url, ...JSON_PROTOCOL]);
    // The writer goes on within the first generation. So much fits into no pipe: when all of it is written, it is being read.
    await new Promise((resolve) => child.stdin.write(readFileSync(UNFINISHED).subarray(0, 600_000), resolve));
    child.kill("SIGINT");
    const { code, stderr } = await result;
    expect([code, stderr]).toEqual([130, expect.stringContaining("warning: there are no spans")]);
    expect(fake.accepted).toEqual([]);
  });

  test("does not wait for longer than two seconds", async () => {
    const fake = await FakeEndpoint.start((request) => (isPreflight(request) ? undefined : "hang"));
    endpoint = fake;
    const { child, result } = startOtlp(["-", "--endpoint", fake.url, ...JSON_PROTOCOL, ...WHOLE]);
    child.stdin.write(readFileSync(MANY_GENERATIONS));
    await expect.poll(() => fake.requests.some((each) => !isPreflight(each))).toBe(true);
    const since = performance.now();
    child.kill("SIGINT");
    const { code, stderr } = await result;
    expect(code).toBe(130);
    expect(performance.now() - since).toBeLessThan(PROMPT);
    expect(countsIn(stderr)).toMatchObject({ accepted: 0 });
  });
});
