// @module-tag long

import { get } from "node:http";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { DebugServer, haveDebugServer, removeDebugServers } from "../../../support/debug-server.js";
import { OddServer } from "../../../support/odd-server.js";
import { FakeEndpoint, isPreflight } from "../../../support/otlp/fake-endpoint.js";
import { otlpProblems } from "../../../support/otlp/integrity-otlp.js";
import { otlp, startOtlp } from "../../../support/otlp/otlp-command.js";
import { emptyFolder } from "../../command.js";

const haveServers = haveDebugServer("spans of a real Go server");

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0)) await end();
});
afterAll(removeDebugServers);

/** A server, with somebody in between who notes when it begins to answer. */
async function start(...flags: readonly string[]) {
  const server = await DebugServer.start("go1.27.1", ...flags);
  cleanup.push(() => server.stop());
  let answered = Number.NaN;
  const relay = await OddServer.start(({ url }, response) => {
    get(`http://${server.address}${url}`, (answer) => {
      answer.once("data", () => {
        answered = performance.now();
      });
      answer.on("error", () => response.destroy()).pipe(response);
      response.on("close", () => answer.destroy());
    });
  });
  cleanup.push(() => relay.close());
  const endpoint = await FakeEndpoint.start(() => undefined);
  cleanup.push(() => endpoint.close());
  const args = ["--endpoint", endpoint.url, "--protocol", "http/json"];
  const hasSpans = () => expect.poll(() => endpoint.accepted.length).toBeGreaterThan(0);
  return { address: relay.address, answered: () => answered, endpoint, args, hasSpans };
}

describe.runIf(haveServers)("spans of a real Go server under load", () => {
  test("arrive while it is captured, and are those of the saved trace", async () => {
    const { address, answered, endpoint, args, hasSpans } = await start();
    const raw = `${emptyFolder()}/raw.trace`;
    const whole = ["--max-spans-per-trace", "0"];
    const { child, result } = startOtlp([address, "--seconds", "6", "--save", raw, ...args, ...whole]);
    await hasSpans();
    // The generation goes on for half a second or so. How long Node takes to start while other tests run is not ours.
    expect(performance.now() - answered()).toBeLessThan(5000);
    expect(child.exitCode).toBe(null);
    const { code, stderr } = await result;
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error/)]);
    const live = endpoint.accepted.splice(0);
    expect(live.length).toBeGreaterThan(1000);
    expect(otlpProblems(live)).toEqual([]);
    expect((await otlp([raw, ...args, ...whole])).code).toBe(0);
    const ids = (spans: typeof live) => spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`).sort();
    expect(ids(endpoint.accepted)).toEqual(ids(live));
  });

  test("arrive up to Ctrl-C, with headers that are for the endpoint", async () => {
    const { address, endpoint, args, hasSpans } = await start();
    const header = ["--header", "Authorization: Bearer secret"];
    const { child, result } = startOtlp([address, "--seconds", "60", ...args, ...header]);
    await hasSpans();
    const since = performance.now();
    child.kill("SIGINT");
    const { code, stderr } = await result;
    expect(code).toBe(130);
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(stderr).toMatch(/[\d,]+ sent, [\d,]+ accepted, 0 rejected/);
    expect(otlpProblems(endpoint.accepted, false).filter((problem) => !problem.startsWith("a link"))).toEqual(
      [],
    );
    const sent = endpoint.requests.filter((request) => !isPreflight(request));
    for (const { headers } of sent) expect(headers.authorization).toBe("Bearer secret");
  });
});

describe.runIf(haveServers)("spans of a real Go server that does little", () => {
  test("arrive while it is captured too, a generation at a time", async () => {
    const { address, answered, endpoint, args, hasSpans } = await start("-idle");
    const { child, result } = startOtlp([address, "--seconds", "60", ...args]);
    await hasSpans();
    expect(performance.now() - answered()).toBeLessThan(10_000);
    const first = endpoint.accepted.length;
    await expect.poll(() => endpoint.accepted.length).toBeGreaterThan(first);
    child.kill("SIGINT");
    expect((await result).code).toBe(130);
    expect(otlpProblems(endpoint.accepted, false).filter((problem) => !problem.startsWith("a link"))).toEqual(
      [],
    );
  });
});
