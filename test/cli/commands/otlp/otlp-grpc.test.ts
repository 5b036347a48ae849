// @module-tag long

import { afterEach, describe, expect, test } from "vitest";
import { HttpProxy } from "../../../support/http-proxy.js";
import { FakeEndpoint } from "../../../support/otlp/fake-endpoint.js";
import { type GrpcBehaviour, GrpcEndpoint, type GrpcRequest } from "../../../support/otlp/grpc-endpoint.js";
import { otlp } from "../../../support/otlp/otlp-command.js";
import { concat, lengthDelimited, varintField } from "../../../support/proto-fields.js";
import { fixture } from "../../command.js";

/** One request of 249 spans. */
const SMALL = fixture("annotations-go1.26.trace");
const SPANS = 249;
/** Twelve requests of spans. */
const LARGE = fixture("sync-go1.26.trace");
const WHOLE = ["--states", "all", "--min-block", "0", "--max-spans-per-trace", "0"];
const GRPC = ["--protocol", "grpc"];
const LONGEST = 20_000;

const isPreflight = ({ number }: GrpcRequest) => number < 0;
const text = (words: string) => new TextEncoder().encode(words);
/** A `google.rpc.Status` that lets the client try again after a time in nanoseconds. */
const retryAfter = (nanoseconds: number) =>
  lengthDelimited(
    3,
    concat([
      lengthDelimited(1, text("type.googleapis.com/google.rpc.RetryInfo")),
      lengthDelimited(2, lengthDelimited(1, varintField(2, nanoseconds))),
    ]),
  );

let endpoint: GrpcEndpoint | undefined;
afterEach(() => endpoint?.close());

/** Sends a trace to an endpoint that behaves so. */
async function sendTo(behaviour: GrpcBehaviour, args: readonly string[] = [], trace = SMALL, most?: number) {
  endpoint = await GrpcEndpoint.start(behaviour, most);
  const result = await otlp([trace, "--endpoint", endpoint.url, ...GRPC, ...args]);
  return { ...result, endpoint };
}

describe("what is sent by gRPC arrives, once and whole,", () => {
  test("with the headers of options and environment, compressed, as the environment says", async () => {
    endpoint = await GrpcEndpoint.start(() => undefined);
    const { code, stderr } = await otlp(
      [SMALL, "--header", "X-Own: option", "--header", "trace-bin=AQID", "--compression", "gzip"],
      {
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.url.replace("http://", ""),
        OTEL_EXPORTER_OTLP_INSECURE: "true",
        OTEL_EXPORTER_OTLP_HEADERS: "x-own=environment,x-tenant=shop%201",
      },
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${endpoint.url}: 249 sent, 249 accepted`)]);
    expect(endpoint.accepted).toBe(SPANS);
    for (const { metadata } of endpoint.requests) {
      expect(metadata.getMap()).toMatchObject({
        "x-own": "option",
        "x-tenant": "shop 1",
        "trace-bin": Buffer.from([1, 2, 3]),
        "user-agent": expect.stringMatching(/^go2perfetto\//),
      });
    }
  });

  test.each<[string, ReturnType<GrpcBehaviour>, number]>([
    ["is busy for a while", { error: "UNAVAILABLE" }, 700],
    ["says when it has room again", { error: "RESOURCE_EXHAUSTED", details: retryAfter(3e8) }, 290],
  ])("when the endpoint %s", async (_, busy, least) => {
    let since = 0;
    let waited = 0;
    const { code, endpoint } = await sendTo(({ number }) => {
      if (number === 0) since = performance.now();
      if (number === 1) waited = performance.now() - since;
      return number === 0 ? busy : undefined;
    });
    expect([code, endpoint.accepted]).toEqual([0, SPANS]);
    expect(waited).toBeGreaterThan(least);
  });

  test("when requests are larger than the server takes", async () => {
    const { code, stderr, endpoint } = await sendTo(() => undefined, WHOLE, LARGE, 100_000);
    const [, sent = ""] = /: ([\d,]+) sent, \1 accepted/.exec(stderr) ?? [];
    expect([code, endpoint.accepted]).toEqual([0, Number(sent.replaceAll(",", ""))]);
    expect(endpoint.accepted).toBeGreaterThan(6000);
  });

  test("in requests of the size that is asked for", async () => {
    const { code, endpoint } = await sendTo(() => undefined, ["--max-request-bytes", "20kB"]);
    expect([code, endpoint.accepted]).toEqual([0, SPANS]);
    expect(Math.max(...endpoint.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(20_000);
  });

  test("through a proxy", async () => {
    const proxy = await HttpProxy.start("me:se%cret");
    endpoint = await GrpcEndpoint.start(() => undefined);
    const url = endpoint.url.replace("127.0.0.1", "inside.test");
    const send = (login: string) =>
      otlp([SMALL, ...GRPC, "--endpoint", url], { HTTP_PROXY: `http://${login}${proxy.address}` });
    const { code } = await send("me:se%25cret@");
    expect([code, endpoint.accepted]).toEqual([0, SPANS]);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${url.replace("http://", "")}`]));
    const refused = await send("");
    await proxy.close();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("the server answers 407")]);
    expect(refused.stderr).toContain("Put NAME:PASSWORD@ in the URL of the proxy.");
  });
});

describe("what does not arrive by gRPC is counted:", () => {
  const partial = lengthDelimited(1, concat([varintField(1, 7), lengthDelimited(2, text("too old"))]));

  test.each<[string, GrpcBehaviour, RegExp]>([
    ["partial success", () => partial, /249 sent, 242 accepted, 7 rejected\nwarning: \S+: too old\n/],
    [
      "a request that is invalid",
      () => ({ error: "INVALID_ARGUMENT", words: "no\u001b such" }),
      /0 accepted, 249 rejected\nwarning: \S+: the server answers INVALID_ARGUMENT no\\u001b such\n/,
    ],
    [
      "a resource that does not come back",
      () => ({ error: "RESOURCE_EXHAUSTED", words: "quota" }),
      /0 accepted, 249 rejected\nwarning: \S+: the server answers RESOURCE_EXHAUSTED quota\n/,
    ],
    [
      "an endpoint that is busy for longer than there is time",
      () => ({ error: "UNAVAILABLE" }),
      /0 rejected, 249 not delivered\nwarning: \S+: the server was busy until the timeout\n/,
    ],
    [
      "an endpoint that never answers",
      () => "hang",
      /0 rejected, 249 not delivered\nwarning: \S+: there was no answer in time\n/,
    ],
    [
      "credentials that are taken back",
      () => ({ error: "UNAUTHENTICATED", words: "expired" }),
      /0 accepted, 249 rejected[\s\S]*gave up [\s\S]*UNAUTHENTICATED expired\n {2}Give --header 'Authorization: …'\.\n/,
    ],
  ])("%s", async (_, behaviour, words) => {
    const { code, stderr, time } = await sendTo(
      (request) => (isPreflight(request) ? undefined : behaviour(request)),
      ["--timeout", "1s"],
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
    expect(time).toBeLessThan(LONGEST);
  });

  test("a last try without an answer, at an endpoint that was busy before", async () => {
    const busyOnce: GrpcBehaviour = ({ number }) => {
      if (number < 0) return undefined;
      return number === 0 ? { error: "UNAVAILABLE" } : "hang";
    };
    // The first pause is 1.2 s at most.
    const { stderr } = await sendTo(busyOnce, ["--timeout", "1500ms"]);
    expect(endpoint?.requests.map(({ number }) => number)).toEqual([-1, 0, 1]);
    expect(stderr).toContain("the server was busy until the timeout");
  });
});

describe("before anything is read, it is an error that", () => {
  test.each<[string, GrpcBehaviour, string, string]>([
    [
      "no such service",
      () => ({ error: "UNIMPLEMENTED", words: "unknown service" }),
      "UNIMPLEMENTED unknown service",
      "4317 is usually",
    ],
    [
      "no permission",
      () => ({ error: "PERMISSION_DENIED" }),
      "the server answers PERMISSION_DENIED no",
      "Give --header",
    ],
  ])("the endpoint has %s", async (_, behaviour, what, advice) => {
    const { code, stderr, endpoint } = await sendTo(behaviour);
    expect([code, stderr]).toEqual([1, expect.stringContaining(what)]);
    expect(stderr).toContain(advice);
    expect(endpoint.requests.every(isPreflight)).toBe(true);
  });

  test.each<[string, readonly string[], string, string]>([
    [
      "nobody listens",
      ["--endpoint", "http://127.0.0.1:1"],
      "the connection is refused",
      "Check that a collector",
    ],
    [
      "there is no such host",
      ["--endpoint", "http://nobody.invalid"],
      "no such host",
      "Check that a collector",
    ],
  ])("%s", async (_, args, what, advice) => {
    const { code, stderr } = await otlp([SMALL, ...GRPC, ...args]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`: ${what}\n  ${advice}`)]);
  });

  test("the endpoint speaks OTLP/HTTP, or does not", async () => {
    const http = await FakeEndpoint.start(() => undefined);
    const { url } = http;
    const asked = await otlp([SMALL, ...GRPC, "--endpoint", url]);
    await http.close();
    expect([asked.code, asked.stderr]).toEqual([
      1,
      `error: cannot send to ${url}: the server there speaks HTTP/1.1, not gRPC\n` +
        "  4317 is usually the port of OTLP/gRPC, 4318 of OTLP/HTTP (--protocol http/protobuf).\n",
    ]);
    endpoint = await GrpcEndpoint.start(() => undefined);
    const wrong = await otlp([SMALL, "--endpoint", endpoint.url]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("(--protocol grpc)")]);
    const secure = await otlp([SMALL, ...GRPC, "--endpoint", endpoint.url.replace("http:", "https:")]);
    expect([secure.code, secure.stderr]).toEqual([
      1,
      expect.stringContaining("Is it http://, not https://?"),
    ]);
    expect(secure.stderr).not.toContain("Deprecation");
  });

  test.each<[readonly string[], NodeJS.ProcessEnv, string]>([
    [["--endpoint", "localhost:4317"], {}, "Write it as http://localhost:4317."],
    [["--endpoint", "http://localhost:4318/v1/traces"], {}, "Write it as http://localhost:4318."],
    [["--endpoint", "http://x.test"], { HTTP_PROXY: "https://proxy" }, "gRPC cannot use a proxy of https:"],
  ])("of %j with %j", async (args, env, words) => {
    const { code, stderr } = await otlp([SMALL, ...GRPC, ...args], env);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
