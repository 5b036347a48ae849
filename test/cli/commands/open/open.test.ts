// @module-tag long

import { once } from "node:events";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OddServer } from "../../../support/odd-server.js";
import { havePerfettoUi, PerfettoUi } from "../../../support/perfetto-ui.js";
import { emptyFolder, filesIn, fixture, go2perfetto, resultOf, running, start } from "../../command.js";
import { ask, opened } from "./opened.js";

const TRACE = fixture("sync-go1.26.trace");
const UI = "http://viewer.test:8080/perfetto/?a=b";
const ORIGIN = "http://viewer.test:8080";
const haveUi = await havePerfettoUi("open in Perfetto's UI");

/** What `convert` makes of the trace. */
function conversion(): Buffer {
  return go2perfetto([TRACE, "-o", "-"]).stdout;
}

describe("open", () => {
  test("serves the conversion once, to the viewer, and leaves nothing behind", async () => {
    const { url, temporary, result } = await opened([TRACE, "--no-browser", "--ui", UI]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\da-f]{32}\/sync-go1\.26\.pftrace$/);
    const [folder = ""] = filesIn(temporary);
    expect(statSync(join(temporary, folder)).mode & 0o777).toBe(0o700);
    const { status, headers, body } = await ask(url, "GET", { origin: ORIGIN });
    expect([status, body.equals(conversion())]).toEqual([200, true]);
    expect(headers).toMatchObject({ "access-control-allow-origin": ORIGIN, "cache-control": "no-store" });
    const { code, stderr } = await result;
    expect([code, filesIn(temporary)]).toEqual([0, []]);
    expect(stderr).toMatch(/^sync-go1\.26\.pftrace: [\d.]+ [kM]B, 9,845 events in/m);
    await expect(ask(url, "GET", { origin: ORIGIN })).rejects.toThrow("ECONNREFUSED");
  });

  describe("while the trace is still coming", () => {
    const large = readFileSync(fixture("http.trace"));
    const args = ["-", "--detail", "full", "--no-browser", "--ui", UI];

    /** Gives all but the end of a trace, and begins to fetch what it becomes. */
    async function begun() {
      const open = await opened(args, {}, large.subarray(0, -1000));
      const sent = request(open.url, { headers: { origin: ORIGIN }, agent: false }).end();
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      await once(response, "readable");
      return { ...open, response };
    }

    test("serves what there is, and then the rest", async () => {
      const { input, response, result } = await begun();
      // What comes later has an end that nobody knows yet.
      expect(response.headers["content-length"]).toBeUndefined();
      input.end(large.subarray(-1000));
      const body = Buffer.concat(await response.toArray());
      const whole = go2perfetto(["-", "--detail", "full", "-o", "-"], { input: large }).stdout;
      expect([(await result).code, body.equals(whole)]).toEqual([0, true]);
    });
  });

  test("says how long a trace is that is there", async () => {
    const { url, said, stop } = await opened([TRACE, "--no-browser", "--ui", UI, "--keep"]);
    while (!said().includes("events in")) await sleep(10);
    const { headers, body } = await ask(url, "GET", { origin: ORIGIN });
    expect(headers["content-length"]).toBe(String(body.length));
    await stop();
  });

  test.each([
    ["what is no trace", fixture("../../package.json")],
    ["a conversion that fails", fixture("damaged/goroutine-status-after-its-end.trace"), "--strict"],
  ])("shows no link to %s", async (_, ...args) => {
    const { code, stderr } = await running(["open", ...args, "--no-browser", "--ui", UI], emptyFolder());
    expect([code, stderr]).toEqual([1, expect.not.stringContaining("http")]);
  });

  test("answers nobody else, and nothing else", async () => {
    const { url, stop } = await opened([TRACE, "--no-browser", "--ui", UI, "--keep"]);
    const { origin, host, pathname } = new URL(url);
    const viewer = { origin: ORIGIN };
    const refused: [string, string, Record<string, string> | string[], number][] = [
      ["GET", url, {}, 403],
      ["GET", url, { origin: "http://evil.test" }, 403],
      ["GET", url, { origin: "null" }, 403],
      ["OPTIONS", url, { origin: "http://evil.test", "access-control-request-private-network": "true" }, 403],
      ["GET", url, { ...viewer, host: "evil.test" }, 421],
      ["GET", url, { ...viewer, host: host.replace("127.0.0.1", "localhost") }, 421],
      ["GET", url, ["Host", host, "Host", "evil.test", "Origin", ORIGIN], 421],
      ["GET", `${origin}/`, viewer, 404],
      ["GET", `${origin}/sync-go1.26.pftrace`, viewer, 404],
      ["GET", `${url}/../..`, viewer, 404],
      ["GET", `${url}?x`, viewer, 404],
      ["POST", `${origin}/status`, viewer, 404],
      ["POST", url, viewer, 405],
      ["HEAD", url, viewer, 405],
      ["PUT", url, viewer, 405],
    ];
    for (const [method, target, headers, expected] of refused) {
      const { status, headers: answered, body } = await ask(target, method, headers);
      expect([method, target, headers, status]).toEqual([method, target, headers, expected]);
      expect(body).toHaveLength(0);
      expect(Object.keys(answered).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
    // Not on any other address of this machine, of which the whole 127.0.0.0/8 is some.
    const elsewhere = ask(`http://127.0.0.2:${new URL(url).port}${pathname}`, "GET", { ...viewer, host });
    await expect(elsewhere).rejects.toThrow("ECONNREFUSED");
    for (let i = 0; i < 2; i++) expect((await ask(url, "GET", viewer)).status).toBe(200);
    expect(await stop()).toBe(130);
  });

  test("answers the question whether a public page may reach into this machine", async () => {
    const { url, stop } = await opened([TRACE, "--no-browser", "--ui", UI]);
    const asked = { origin: ORIGIN, "access-control-request-method": "GET" };
    const plain = await ask(url, "OPTIONS", asked);
    expect([plain.status, plain.headers["access-control-allow-private-network"]]).toEqual([204, undefined]);
    const { status, headers } = await ask(url, "OPTIONS", {
      ...asked,
      "access-control-request-private-network": "true",
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-methods": "GET",
      "access-control-allow-private-network": "true",
    });
    await stop();
  });

  test("a viewer that gives up on the way has not fetched it", async () => {
    const { url, result } = await opened([fixture("http.trace"), "--no-browser", "--ui", UI]);
    const sent = request(url, { headers: { origin: ORIGIN }, agent: false }).end();
    const [response] = await once(sent, "response");
    response.destroy();
    await sleep(200);
    expect((await ask(url, "GET", { origin: ORIGIN })).body.length).toBeGreaterThan(1e6);
    expect((await result).code).toBe(0);
  });

  test("opens the link in a browser", async () => {
    const folder = emptyFolder();
    const browser = join(folder, "browser");
    writeFileSync(
      browser,
      `#!/bin/sh\nprintf '%s' "$1" > ${folder}/link.tmp && mv ${folder}/link.tmp ${folder}/link\n`,
    );
    chmodSync(browser, 0o755);
    const { link, stop } = await opened([TRACE, "--ui", UI, "--keep"], { BROWSER: browser });
    while (!filesIn(folder).includes("link")) await sleep(10);
    expect(readFileSync(join(folder, "link"), "utf8")).toBe(link);
    await stop();
  });

  test("says so if there is no browser, and goes on", async () => {
    const { url, result } = await opened([TRACE, "--ui", UI], {
      BROWSER: "/bin/false",
      PATH: "/usr/bin:/bin",
      DISPLAY: "",
    });
    await sleep(1000);
    await ask(url, "GET", { origin: ORIGIN });
    const { code, stderr } = await result;
    expect([code, stderr]).toEqual([0, expect.stringContaining("no browser could be opened")]);
  });

  test("gives a viewer up that does not come", async () => {
    const folder = emptyFolder();
    const args = ["open", TRACE, "--no-browser", "--ui", UI, "--timeout", "300ms"];
    const child = start(args, folder, { TMPDIR: folder });
    const { code, stderr } = await resultOf(child);
    expect([code, filesIn(folder)]).toEqual([1, []]);
    expect(stderr).toContain("has not fetched the trace within 0.3 s");
    expect(stderr).toContain("--keep");
  });

  test.each(["SIGINT", "SIGTERM"] as const)("leaves nothing behind on %s", async (signal) => {
    const temporary = emptyFolder();
    const child = start(["open", "-", "--no-browser", "--ui", UI], emptyFolder(), { TMPDIR: temporary });
    child.stdin.write(readFileSync(TRACE).subarray(0, 30_000));
    while (filesIn(temporary).length === 0) await sleep(10);
    child.kill(signal);
    const [code] = await once(child, "exit");
    expect([code, filesIn(temporary)]).toEqual([signal === "SIGINT" ? 130 : 143, []]);
  });

  test("what was lost decides the exit code, as of convert", async () => {
    const child = start(["open", "-", "--no-browser", "--ui", UI, "--timeout", "10s", "-q"], emptyFolder());
    child.stdin.end(readFileSync(TRACE).subarray(0, 30_000));
    const result = resultOf(child);
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    while (!/url=.*\n/.test(said)) await sleep(10);
    const url = decodeURIComponent(/url=([^&]*)/.exec(said)?.[1] ?? "");
    expect((await ask(url, "GET", { origin: ORIGIN })).status).toBe(200);
    expect((await result).code).toBe(3);
  });

  test("a running program is captured and opened", async () => {
    const server = await OddServer.start((_, response) => void response.end(readFileSync(TRACE)));
    const args = [`http://joe:secret@${server.address}`, "--seconds", "1", "--no-browser", "--ui", UI];
    const { link, url, result } = await opened(args);
    expect(link).not.toMatch(/joe|secret/);
    expect(url).toMatch(/127\.0\.0\.1-\d+-\d{8}-\d{6}\.pftrace$/);
    await ask(url, "GET", { origin: ORIGIN });
    expect((await result).code).toBe(0);
    await server.close();
  });

  test.each([
    [["trace.out", "--ui", "viewer"], 2, "--ui viewer is not a URL"],
    [["trace.out", "--ui", "file:///x"], 2, "--ui file:///x is not a URL"],
    [["trace.out", "--ui", UI], 1, "cannot read trace.out: no such file"],
    [[], 2, "missing required argument 'IN'"],
  ])("%j fails with one clear error", async (args, code, message) => {
    const { code: actual, stderr } = await running(["open", ...args], emptyFolder());
    expect([actual, stderr]).toEqual([code, expect.stringContaining(message)]);
  });

  describe("with the public viewer", () => {
    test("serves on the port that it fetches from", async () => {
      const { link, url, stop } = await opened([TRACE, "--no-browser"]);
      expect(link).toMatch(/^https:\/\/ui\.perfetto\.dev\/#!\/\?url=/);
      expect(new URL(url).port).toBe("9001");
      expect((await ask(url, "OPTIONS", { origin: "https://ui.perfetto.dev" })).status).toBe(204);
      expect((await ask(url, "OPTIONS", { origin: "http://ui.perfetto.dev" })).status).toBe(403);
      await stop();
    });

    describe("if that port is taken", () => {
      let taken: Server;

      beforeAll(async () => {
        taken = createServer().listen(9001, "127.0.0.1");
        await once(taken, "listening");
      });

      afterAll(() => void taken.close());

      test("a page on a free one hands the trace over, which only it gets besides the viewer", async () => {
        const { link, temporary, result } = await opened([TRACE, "--no-browser"]);
        expect(link).toMatch(/^http:\/\/127\.0\.0\.1:(?!9001)\d+\/[\da-f]{32}\/$/);
        const page = await ask(link, "GET", {});
        expect([page.status, page.headers["content-security-policy"]]).toEqual([
          200,
          expect.stringMatching(
            /^default-src 'none'; connect-src 'self'; script-src 'sha256-[\w+/=]+'; frame-anc/,
          ),
        ]);
        const trace = `${link}sync-go1.26.pftrace`;
        const refused: [string, string, Record<string, string>, number][] = [
          ["GET", link, { origin: "http://evil.test" }, 404],
          ["GET", link, { host: "evil.test" }, 421],
          ["POST", link, {}, 404],
          ["GET", trace, {}, 403],
          ["GET", trace, { "sec-fetch-site": "cross-site" }, 403],
          ["GET", trace, { "sec-fetch-site": "same-origin", origin: "http://evil.test" }, 403],
        ];
        for (const [method, target, headers, expected] of refused) {
          const { status } = await ask(target, method, headers);
          expect([method, target, headers, status]).toEqual([method, target, headers, expected]);
        }
        expect((await ask(trace, "GET", { "sec-fetch-site": "same-origin" })).status).toBe(200);
        expect([(await result).code, filesIn(temporary)]).toEqual([0, []]);
      });
    });
  });
});

describe.runIf(haveUi)("Perfetto's own UI", () => {
  let ui: PerfettoUi;

  beforeAll(async () => {
    ui = await PerfettoUi.start({ small: true });
  });

  afterAll(async () => {
    await ui.close();
  });

  test("fetches the trace by the link, with nothing twice, and no area selected", async () => {
    const args = [fixture("http.trace"), "--stacks", "annotation", "--no-browser", "--ui", ui.origin];
    const { link, result } = await opened(args);
    const trace = await ui.follow(link);
    // The command is over before the UI has read what it fetched, so all of it must have arrived.
    expect((await result).code).toBe(0);
    expect(await trace.importErrors()).toBe(0);
    expect(await trace.pinned()).toEqual([]);
    expect(await trace.expanded()).toEqual(["CPU Scheduling", "GC"]);
    expect(await trace.selected()).toBe("empty");
    await trace.close();
  });

  test("does so with what a lean conversion and a choice of tracks have", async () => {
    const args = ["--detail", "lean", "--tracks", "gc", "--no-browser", "--ui", ui.origin];
    const { link, result } = await opened([fixture("http.trace"), ...args]);
    const trace = await ui.follow(link);
    expect(await trace.expanded()).toEqual(["CPU Scheduling", "GC"]);
    expect((await result).code).toBe(0);
    await trace.close();
  });

  test("takes it from the page where it cannot fetch it", async () => {
    const first = await opened([TRACE, "--no-browser", "--ui", UI, "--keep"]);
    const args = [fixture("http.trace"), "--stacks", "annotation", "--no-browser", "--ui", ui.origin];
    const { link, result } = await opened(args);
    expect(link).not.toContain("url=");
    const trace = await ui.clickThrough(link);
    expect((await result).code).toBe(0);
    expect(await trace.importErrors()).toBe(0);
    expect(await trace.expanded()).toEqual(["CPU Scheduling", "GC"]);
    await trace.close();
    await first.stop();
  });

  test("a page of another origin does not get it", async () => {
    const opener = await opened([TRACE, "--no-browser", "--keep", "--ui", ui.origin]);
    const { link } = await opened([TRACE, "--no-browser", "--ui", "http://127.0.0.1:1/"]);
    const trace = await ui.follow(opener.link);
    const fetched = (target: string) =>
      trace.page.evaluate(
        (address) =>
          fetch(address).then(
            (answer) => answer.status,
            (error) => String(error),
          ),
        target,
      );
    expect(await fetched(opener.url)).toBe(200);
    expect(await fetched(`${link}sync-go1.26.pftrace`)).toMatch(/Failed to fetch/);
    expect(await fetched(link)).toMatch(/Failed to fetch/);
    await trace.close();
  });
});
