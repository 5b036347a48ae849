// @module-tag long

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DebugServer, haveDebugServer, removeDebugServers } from "../../../support/debug-server.js";
import { Collector, haveCollector } from "../../../support/otlp/collector.js";
import { otlp } from "../../../support/otlp/otlp-command.js";
import { emptyFolder, fixture } from "../../command.js";

const TRACE = fixture("annotations-go1.26.trace");
const PART = "spans to a real collector over TLS";
const haveAll = haveDebugServer(PART) && (await haveCollector(PART));
const GRPC = ["--protocol", "grpc"];
const VARIABLE = "OTEL_EXPORTER_OTLP";

describe.runIf(haveAll)("a real collector over TLS", () => {
  const folder = emptyFolder();
  const pem = (name: string) => `${folder}/${name}.pem`;
  const own = ["--cert", pem("client"), "--key", pem("client")];
  /** One that asks nobody, one that wants to know who asks, and one whose certificate nobody has signed. */
  const collectors: Collector[] = [];
  const urlOf = (i: number) => () => collectors[i]?.url ?? "";
  const open = urlOf(0);
  const closed = urlOf(1);
  const selfSigned = urlOf(2);
  /** Where those take gRPC. */
  const openGrpc = () => collectors[0]?.grpcUrl ?? "";
  const closedGrpc = () => collectors[1]?.grpcUrl ?? "";

  /** A Go program, which makes the certificates. */
  let program: DebugServer | undefined;

  beforeAll(async () => {
    program = await DebugServer.start("go1.27.1", "-idle", "-certificates", folder);
    for (const tls of [
      { server: pem("server") },
      { server: pem("server"), clientAuthority: pem("ca") },
      { server: pem("self-signed") },
    ]) {
      collectors.push(await Collector.start({ tls }));
    }
  });
  afterAll(async () => {
    await program?.stop();
    await Promise.all(collectors.map((collector) => collector.stop()));
    removeDebugServers();
  });

  const send = (url: string | undefined, options: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    otlp([TRACE, ...(url === undefined ? [] : ["--endpoint", url]), ...options], env);

  test.each<[string, () => string, readonly string[], NodeJS.ProcessEnv]>([
    ["--ca", open, ["--ca", pem("ca")], {}],
    ["--insecure", open, ["--insecure"], {}],
    ["the environment's certificate", open, [], { [`${VARIABLE}_CERTIFICATE`]: pem("ca") }],
    [
      "the environment's certificate for traces, which wins",
      open,
      [],
      { [`${VARIABLE}_CERTIFICATE`]: pem("missing"), [`${VARIABLE}_TRACES_CERTIFICATE`]: pem("ca") },
    ],
    [
      "an option, which wins",
      open,
      ["--ca", pem("ca")],
      { [`${VARIABLE}_TRACES_CERTIFICATE`]: pem("missing") },
    ],
    ["the client's certificate", closed, ["--ca", pem("ca"), ...own], {}],
    [
      "the client's certificate of the environment",
      closed,
      ["--protocol", "http/json"],
      {
        [`${VARIABLE}_CERTIFICATE`]: pem("ca"),
        [`${VARIABLE}_CLIENT_CERTIFICATE`]: pem("client"),
        [`${VARIABLE}_TRACES_CLIENT_KEY`]: pem("client"),
      },
    ],
    ["a certificate that signs itself", selfSigned, ["--ca", pem("self-signed")], {}],
    ["gRPC and --insecure", openGrpc, [...GRPC, "--insecure"], {}],
    ["gRPC and the client's certificate", closedGrpc, [...GRPC, "--ca", pem("ca"), ...own], {}],
  ])("accepts spans with %s", async (_, url, options, env) => {
    const { code, stderr } = await send(url(), options, env);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^https:.*: 249 sent, 249 accepted/m)]);
  });

  test("accepts spans of a program that is captured with the same certificates", async () => {
    const capture = [`https://${program?.address}`, "--seconds", "0.5", "--endpoint", closed()];
    const { code, stderr } = await otlp([...capture, "--ca", pem("ca"), ...own]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/: (\d+) sent, \1 accepted/)]);
  });

  test.each<[string, () => string, readonly string[], string, string]>([
    ["that nobody known has signed", open, [], "unable to verify the first certificate", "--ca FILE"],
    ["that signs itself", selfSigned, [], "self-signed certificate", `${VARIABLE}_CERTIFICATE`],
    [
      "of another name",
      () => open().replace("127.0.0.1", "localhost"),
      ["--ca", pem("ca")],
      "does not match certificate's altnames",
      "--endpoint must name the server as its certificate does",
    ],
    [
      "that it asks us for in vain",
      closed,
      ["--ca", pem("ca")],
      "",
      `give --cert and --key (or ${VARIABLE}_CLIENT_CERTIFICATE`,
    ],
    [
      "while it is asked for none",
      () => open().replace("https", "http"),
      [],
      "400",
      "The server speaks https://",
    ],
    [
      "of gRPC that nobody known has signed",
      openGrpc,
      GRPC,
      "unable to verify the first certificate",
      "--ca FILE",
    ],
    [
      "of gRPC and another name",
      () => openGrpc().replace("127.0.0.1", "localhost"),
      [...GRPC, "--ca", pem("ca")],
      "does not match certificate's altnames",
      "--endpoint must name the server as its certificate does",
    ],
    [
      "that it asks us for by gRPC in vain",
      closedGrpc,
      [...GRPC, "--ca", pem("ca")],
      "",
      `give --cert and --key (or ${VARIABLE}_CLIENT_CERTIFICATE`,
    ],
    [
      "while it is asked for none by gRPC",
      () => openGrpc().replace("https", "http"),
      GRPC,
      "",
      "https:// instead of http://?",
    ],
  ])("is refused before anything is read, for a certificate %s", async (_, url, options, what, advice) => {
    const { code, stderr } = await send(url(), options);
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: cannot send to http")]);
    expect(stderr).toContain(what);
    expect(stderr).toContain(advice);
    expect(stderr).not.toMatch(/SSL routines|spans in/);
  });

  test("files that cannot be used are named with what names them", async () => {
    const url = open();
    const key = { [`${VARIABLE}_CLIENT_CERTIFICATE`]: pem("client") };
    expect(await send(url, ["--ca", pem("ca"), "--key", pem("server")], key)).toMatchObject({
      code: 1,
      stderr: `error: cannot use ${pem("server")} as --key: it is not the key of the certificate\n`,
    });
    expect(await send(url, [], key)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${VARIABLE}_CLIENT_KEY) belong together`),
    });
    const missing = { [`${VARIABLE}_ENDPOINT`]: url, [`${VARIABLE}_CERTIFICATE`]: "/no" };
    expect(await send(undefined, [], missing)).toMatchObject({
      code: 1,
      stderr: `error: cannot read /no for ${VARIABLE}_CERTIFICATE: no such file or directory\n`,
    });
  });
});
