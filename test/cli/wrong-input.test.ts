import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fixture, go2perfetto } from "./command.js";

const sync = readFileSync(fixture("sync-go1.26.trace"));
const text = (content: string) => Buffer.from(content);

describe("what is no trace is named, with advice", () => {
  test.each([
    ["nothing", text(""), "it is empty", "trace.Stop"],
    ["a web page", text("<!DOCTYPE html><html>"), "it is a web page", "Did the URL answer with a page?"],
    ["a 404", text("404 page not found\n"), "the answer of a server", "net/http/pprof"],
    ["a short header", sync.subarray(0, 5), "cut within the first 16 bytes", "stopped"],
    ["a leading newline", Buffer.concat([text("\n"), sync]), "other bytes stand before", "Remove"],
    ["Chrome JSON", text('{"traceEvents":[]}'), "Chrome trace in JSON", "ui.perfetto.dev"],
    [
      "a Perfetto trace",
      Buffer.from([0x0a, 0x10, 0x52, 0x02, 0x08, 0x01]),
      "may be a Perfetto trace",
      "ui.perfetto.dev",
    ],
    [
      "a pprof profile",
      gzipSync(Buffer.from([0x0a, 0x04, 0x08, 0x01, 0x10, 0x02])),
      "pprof profile",
      "go tool pprof",
    ],
    ["gzip twice", gzipSync(gzipSync(sync)), "compressed more than once", "Decompress"],
    [
      "anything else",
      text("hello world, this is text"),
      'it starts with "hello world, thi"',
      "go test -trace",
    ],
  ])("%s", (_, input, is, advice) => {
    const { code, stderr, stdout } = go2perfetto(["-", "-o", "-"], { input });
    expect(stderr).toContain(is);
    expect(stderr).toContain(advice);
    expect([code, stdout.length]).toEqual([1, 0]);
  });

  test.each([
    ["1.27", "A newer go2perfetto may read it."],
    ["1.24", "reads traces of Go 1.22 and later"],
    ["1.11", "reads traces of Go 1.22 and later"],
  ])("a header of version %s", (version, advice) => {
    const { code, stderr } = go2perfetto(["info", "-"], {
      input: Buffer.concat([text(`go ${version} trace\0\0\0`), sync.subarray(16)]),
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining(advice)]);
  });

  test("a file that is not there", () => {
    const { code, stderr } = go2perfetto(["info", "no-such-file.trace"]);
    expect([code, stderr]).toEqual([1, "error: cannot read no-such-file.trace: no such file or directory\n"]);
  });

  test("control characters of a name never reach the terminal", () => {
    const { stderr } = go2perfetto(["info", "a\u001b[31mb\u0007.trace"]);
    expect(stderr).toContain("a\\u001b[31mb\\u0007.trace");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
