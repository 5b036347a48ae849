import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, filesIn, fixture, go2perfetto, running } from "../../command.js";

const TRACE = fixture("manygens-sync-go1.26.trace");
const BYTES = readFileSync(TRACE);

/** What is in OUT, as text: a difference of buffers would be printed byte by byte. */
const textOf = (bytes: Buffer) => bytes.toString("latin1");

describe("trim of a whole trace that is intact writes the bytes of IN", () => {
  const folder = emptyFolder();
  let server: Server;

  beforeAll(() => {
    writeFileSync(join(folder, "in.trace.gz"), gzipSync(BYTES));
    server = createServer((_request, response) => createReadStream(TRACE).pipe(response)).listen(0);
  });

  afterAll(() => {
    server.close();
  });

  test.each(["hello-go1.22", "hello-go1.23", "hello-go1.25", "allocfree-sync-go1.26"])("%s", (name) => {
    const path = fixture(`${name}.trace`);
    const { code, stdout } = go2perfetto(["trim", path, "-o", "-"]);
    expect(code).toBe(0);
    expect(textOf(stdout)).toBe(textOf(readFileSync(path)));
  });

  test("to a file, and from one that is gzipped to another", () => {
    const cwd = emptyFolder();
    expect(go2perfetto([TRACE, "-o", "out.trace", "--go-version", "1.26"], { cwd }).code).toBe(0);
    const { code, stderr } = go2perfetto(["trim", join(folder, "in.trace.gz"), "-o", "out.trace.gz"], {
      cwd,
    });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^out\.trace\.gz: .+ events in .+ s\n$/)]);
    expect(filesIn(cwd)).toEqual(["out.trace", "out.trace.gz"]);
    expect(textOf(readFileSync(join(cwd, "out.trace")))).toBe(textOf(BYTES));
    expect(textOf(gunzipSync(readFileSync(join(cwd, "out.trace.gz"))))).toBe(textOf(BYTES));
  });

  test("of standard input and of a URL, whose copy is removed", async () => {
    const [cwd, TMPDIR] = [emptyFolder(), emptyFolder()];
    const { stdout } = go2perfetto(["trim", "-", "-o", "-"], { input: BYTES, environment: { TMPDIR } });
    expect(textOf(stdout)).toBe(textOf(BYTES));
    const url = `http://localhost:${(server.address() as AddressInfo).port}/a.trace`;
    expect((await running(["trim", url, "-o", "out.trace"], cwd)).code).toBe(0);
    expect(textOf(readFileSync(join(cwd, "out.trace")))).toBe(textOf(BYTES));
    expect(filesIn(TMPDIR)).toEqual([]);
  });

  test("but not with the names of the program, if they are to be made up", () => {
    const { code, stdout } = go2perfetto(["trim", TRACE, "-o", "-", "--anonymize"]);
    expect([code, textOf(BYTES).includes("main.main")]).toEqual([0, true]);
    expect(textOf(stdout)).not.toContain("main.main");
  });

  test("but mends one that is cut, from a stream too, and tells the same", () => {
    const cwd = emptyFolder();
    const cut = BYTES.subarray(0, Math.floor(BYTES.length * 0.7));
    writeFileSync(join(cwd, "cut.trace"), cut);
    const file = go2perfetto(["trim", "cut.trace", "-o", "a.trace"], { cwd });
    const stream = go2perfetto(["trim", "-", "-o", "b.trace"], { cwd, input: cut });
    expect([file.code, stream.code]).toEqual([3, 3]);
    const told = (stderr: string) =>
      stderr.replace(/^. ?trace: |cut\.trace|standard input|[ab]\.trace|in \S+ s$/gm, "");
    expect(told(stream.stderr)).toBe(told(file.stderr));
    expect(textOf(readFileSync(join(cwd, "b.trace")))).toBe(textOf(readFileSync(join(cwd, "a.trace"))));
    expect(go2perfetto(["info", "a.trace"], { cwd }).code).toBe(0);
  });
});
