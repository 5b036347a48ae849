import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto } from "../command.js";

const sync = readFileSync(fixture("sync-go1.26.trace"));
const text = (content: string) => Buffer.from(content);
const hex = (bytes: string) => Buffer.from(bytes, "hex");

/** How a profile of samples in two units begins. */
const profile = Buffer.from([0x0a, 4, 8, 1, 0x10, 2, 0x0a, 4, 8, 3, 0x10, 4, 0x12, 7, 0x0a]);
const pftrace = go2perfetto([fixture("hello-go1.26.trace"), "-o", "-"]).stdout;
const tar = Buffer.alloc(1024);
tar.write("some.trace");
tar.write("ustar\u000000", 257);

describe("what is no trace is named, with advice", () => {
  test.each([
    ["nothing", text(""), "it is empty", "trace.Stop"],
    ["a web page", text("<!DOCTYPE html><html>"), "it is a web page", "Did the URL answer with a page?"],
    ["a 404", text("404 page not found\n"), "the answer of a server", "net/http/pprof"],
    [
      "a refusal",
      text("Could not enable tracing: tracing is already"),
      "could not start a trace",
      "Try again",
    ],
    ["a short header", sync.subarray(0, 5), "cut within the first 16 bytes", "Did the program stop"],
    ["a leading newline", Buffer.concat([text("\n"), sync]), "other bytes come before", "Remove"],
    ["a page with spaces before it", text("\n\n  <html lang=en>"), "it is a web page", "curl -f"],
    ["Chrome JSON", text('{"traceEvents":[]}'), "Chrome trace in JSON", "ui.perfetto.dev"],
    ["a Chrome trace as a list", text('[{"name":"a","ph":"X"}]'), "Chrome trace in JSON", "ui.perfetto.dev"],
    [
      "go test -json",
      text('{"Time":"2026-11-24T03:42:00Z","Action":"start","Package":"a"}'),
      "the output of go test -json",
      "go test -trace",
    ],
    ["other JSON", text('{"a": 1}'), "it is JSON", "go test -trace"],
    ["what go test prints", text("goos: linux\ngoarch: amd64\n"), "the output of go test", "go test -trace"],
    ["a Perfetto trace", pftrace, "may be a Perfetto trace", "ui.perfetto.dev"],
    ["a gzipped Perfetto trace", gzipSync(pftrace), "decompressed, it may be a Perfetto", "ui.perfetto.dev"],
    ["a pprof profile", gzipSync(profile), "decompressed, it is a pprof profile", "go tool pprof"],
    ["a pprof profile that is not compressed", profile, "it is a pprof profile", "go tool pprof"],
    ["a CPU profile", hex("48c2d29caabb92c7f5180a0408011002"), "it is a pprof profile", "go tool pprof"],
    ["a heap profile", hex("5a0408011002608080200a0408031004"), "it is a pprof profile", "go tool pprof"],
    [
      "a profile as text",
      text("goroutine profile: total 5\n1 @ 0x1"),
      "pprof profile as text",
      "go tool pprof",
    ],
    [
      "a program",
      readFileSync(process.execPath).subarray(0, 4096),
      "it is a program",
      "go test -trace leaves",
    ],
    ["a tar archive", tar, "it is a tar archive", "tar -xOf"],
    ["a gzipped tar archive", gzipSync(tar), "decompressed, it is a tar archive", "tar -xOf"],
    [
      "zstd",
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x05]),
      "compressed, but not with gzip",
      "Decompress",
    ],
    ["what PowerShell wrote", Buffer.from("\ufeffgo 1.26", "utf16le"), "UTF-16 text", "go test -trace FILE"],
    ["text that begins with a new line", text("\nhello"), 'it starts with "\\nhello"', "go test -trace"],
    ["gzip twice", gzipSync(gzipSync(sync)), "compressed more than once", "Decompress"],
    [
      "anything else",
      text("hello world, this is text"),
      'it starts with "hello world, thi"',
      "go test -trace",
    ],
  ])("%s", { tags: ["long"] }, (_, input, is, advice) => {
    const { code, stderr, stdout } = go2perfetto(["-", "-o", "-"], { input });
    expect(stderr).toContain(is);
    expect(stderr).toContain(advice);
    expect([code, stdout.length]).toEqual([1, 0]);
  });

  test.each([
    ["1.27", "A newer go2perfetto may read it."],
    ["1.24", "No release of Go writes this header. Known headers are go 1.5, 1.7,"],
    ["1.20", "No release of Go writes this header."],
  ])("a header of version %s", { tags: ["long"] }, (version, advice) => {
    const { code, stderr } = go2perfetto(["info", "-"], {
      input: Buffer.concat([text(`go ${version} trace\0\0\0`), sync.subarray(16)]),
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining(advice)]);
  });

  test("a file that is not there", () => {
    const { code, stderr } = go2perfetto(["info", "no-such-file.trace"]);
    expect([code, stderr.split("\n")[0]]).toEqual([
      1,
      "error: cannot read no-such-file.trace: no such file or directory",
    ]);
    expect(stderr).toContain("Check the name.");
  });

  test("two traces in one file: the first is given, and where the second begins", () => {
    const input = Buffer.concat([sync, readFileSync(fixture("hello-go1.22.trace"))]);
    const { code, stdout, stderr } = go2perfetto(["dump", "-"], { input });
    expect([code, stdout.equals(go2perfetto(["dump", "-"], { input: sync }).stdout)]).toEqual([3, true]);
    expect(stderr).toContain(`another trace begins after the end of the first (byte ${sync.length})`);
    expect(stderr).toContain("A file can hold one trace only");
  });

  test("control characters of a name never reach the terminal", () => {
    const { stderr } = go2perfetto(["info", "a\u001b[31mb\u0007.trace"]);
    expect(stderr).toContain("a\\u001b[31mb\\u0007.trace");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

test.each([
  [["trim"]],
  [["--format", "go", "-o", "x.trace"]],
  [["--task", "a"]],
  [["stats", "--html", "x.html"]],
  [["explain", "--task", "a"]],
  [["pprof", "path", "--task", "a"]],
])("a missing file is named: %j", (args) => {
  const { code, stderr } = go2perfetto([...args, "no.trace"], { cwd: emptyFolder() });
  const advice = "Check the name. It is relative to the current folder.";
  expect([code, stderr]).toEqual([
    1,
    `error: cannot read no.trace: no such file or directory\n  ${advice}\n`,
  ]);
});
