import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { emptyFolder, filesIn, fixture, go2perfetto, start } from "../../command.js";

const SYNC = fixture("sync-go1.26.trace");
const sync = readFileSync(SYNC);

function converted(): Buffer {
  const folder = emptyFolder();
  copyFileSync(SYNC, join(folder, "sync-go1.26.trace"));
  expect(go2perfetto(["sync-go1.26.trace", "-o", "out.pftrace"], { cwd: folder }).code).toBe(0);
  return readFileSync(join(folder, "out.pftrace"));
}

describe("convert", () => {
  test("names OUT after IN", () => {
    const folder = emptyFolder();
    copyFileSync(SYNC, join(folder, "trace.out"));
    const { code, stderr } = go2perfetto(["trace.out"], { cwd: folder });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^trace\.pftrace: [\d.]+ [kM]B, 9,845 events in \d+\.\d s\n$/),
    ]);
    expect(filesIn(folder)).toEqual(["trace.out", "trace.pftrace"]);
  });

  test("gives the same bytes from a file, a pipe and gzip, whatever the way out", { tags: ["long"] }, () => {
    const expected = converted();
    expect(expected.includes("sync-go1.26.trace")).toBe(true);
    // The title of a pipe is "standard input": the rest is equal, byte for byte.
    const piped = go2perfetto(["-", "-o", "-"], { input: sync }).stdout;
    expect(go2perfetto(["-", "-o", "-"], { input: gzipSync(sync) }).stdout).toEqual(piped);
    expect(Math.abs(piped.length - expected.length)).toBeLessThan(64);
    const folder = emptyFolder();
    writeFileSync(join(folder, "sync-go1.26.trace"), gzipSync(sync));
    expect(go2perfetto(["sync-go1.26.trace", "-o", "out.pftrace.gz"], { cwd: folder }).code).toBe(0);
    expect(gunzipSync(readFileSync(join(folder, "out.pftrace.gz")))).toEqual(expected);
  });

  test("writes JSON for Chrome by OUT's name or --format, also gzipped", { tags: ["long"] }, () => {
    const folder = emptyFolder();
    copyFileSync(SYNC, join(folder, "trace.out"));
    const run = (...args: string[]) => go2perfetto(["trace.out", ...args], { cwd: folder });
    expect(run("--format", "json").stderr).toMatch(
      /^trace\.json: [\d.]+ [kM]B, 9,845 events in \d+\.\d s\n$/,
    );
    expect(run("-o", "zipped.json.gz").code).toBe(0);
    expect(run("-o", "named.txt", "--format", "json").code).toBe(0);
    const text = readFileSync(join(folder, "trace.json"));
    expect(JSON.parse(text.toString()).otherData["trace file"]).toBe("trace.out");
    expect(gunzipSync(readFileSync(join(folder, "zipped.json.gz")))).toEqual(text);
    expect(readFileSync(join(folder, "named.txt"))).toEqual(text);
    expect(run("-o", "-", "--format", "json").stdout).toEqual(text);
    const odd = run("-o", "odd.pftrace", "--format", "json");
    expect([odd.code, odd.stderr]).toEqual([
      0,
      expect.stringContaining(
        "warning: odd.pftrace holds JSON, although its name is that of a Perfetto trace",
      ),
    ]);
    expect(readFileSync(join(folder, "odd.pftrace"))).toEqual(text);
  });

  test("JSON takes the options of what to show, and parts of a trace", { tags: ["long"] }, () => {
    const events = (...args: string[]) => {
      const { code, stdout, stderr } = go2perfetto([SYNC, "-o", "-", "--format", "json", ...args]);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      return JSON.parse(stdout.toString()).traceEvents as {
        ph: string;
        ts?: number;
        dur?: number;
        name: string;
        sf?: number;
      }[];
    };
    const all = events();
    expect(events("--stacks", "none").some(({ sf }) => sf !== undefined)).toBe(false);
    expect(events("--detail", "lean").length).toBeLessThan(all.length / 2);
    const isShort = ({ dur = 0 }) => dur > 0 && dur < 1000;
    expect(all.filter(isShort).length).toBeGreaterThan(1000);
    expect(events("--min-duration", "1ms").filter(isShort)).toEqual([]);
    const part = events("--from", "10ms", "--to", "20ms");
    expect(part.length).toBeGreaterThan(100);
    const times = part.flatMap(({ ts }) => (ts === undefined ? [] : [ts]));
    expect([Math.min(...times), Math.max(...times)]).toEqual([10_000, 20_000]);
    const one = events("--goroutine", "main.mutexWorker", "--tracks", "goroutines");
    const rows = one.filter(({ name }) => name === "thread_name");
    expect(rows.length).toBeLessThan(all.filter(({ name }) => name === "thread_name").length / 2);
  });

  test("JSON of a trace that is cut says so, and is whole", { tags: ["long"] }, () => {
    const { code, stdout } = go2perfetto(["-", "-o", "-", "--format", "json"], {
      input: sync.subarray(0, -1),
    });
    expect(code).toBe(3);
    expect(JSON.parse(stdout.toString()).otherData.incomplete).toEqual([
      expect.stringContaining("the input ends"),
    ]);
  });

  test("replaces OUT only when the new one is complete", () => {
    const folder = emptyFolder();
    const out = join(folder, "out.pftrace");
    writeFileSync(out, "before");
    writeFileSync(join(folder, "bad.trace"), "no trace at all");
    expect(go2perfetto(["bad.trace", "-o", "out.pftrace"], { cwd: folder }).code).toBe(1);
    expect(readFileSync(out, "utf8")).toBe("before");
    expect(filesIn(folder)).toEqual(["bad.trace", "out.pftrace"]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "leaves nothing behind on %s",
    { tags: ["long"] },
    async (signal) => {
      const folder = emptyFolder();
      writeFileSync(join(folder, "out.pftrace"), "before");
      const child = start(["-", "-o", "out.pftrace"], folder);
      child.stdin.write(sync);
      while (filesIn(folder).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill(signal);
      const [code] = await once(child, "exit");
      expect(code).toBe(signal === "SIGINT" ? 130 : 143);
      expect(filesIn(folder)).toEqual(["out.pftrace"]);
      expect(readFileSync(join(folder, "out.pftrace"), "utf8")).toBe("before");
    },
  );

  test("a cut trace is converted up to the break, with exit code 3", () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "cut.trace"), sync.subarray(0, sync.length - 1));
    const { code, stderr } = go2perfetto(["cut.trace", "-o", "out.pftrace"], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /warning: cut\.trace is incomplete: the input ends before the generation does \(generation 1, byte 48533\)/,
    );
    expect(stderr).toMatch(/^out\.pftrace: [\d.]+ kB, 9,845 events/m);
  });

  test("--strict makes any loss a failure that leaves no output", { tags: ["long"] }, () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "cut.trace"), sync.subarray(0, sync.length - 1));
    const { code, stderr } = go2perfetto(["cut.trace", "-o", "out.pftrace", "--strict"], { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: cut.trace: the input ends before")]);
    expect(filesIn(folder)).toEqual(["cut.trace"]);
  });

  test("a cut gzip gives what could be decompressed", { tags: ["long"] }, () => {
    const zipped = gzipSync(sync);
    const { code, stderr } = go2perfetto(["-", "-o", "/dev/null"], {
      input: zipped.subarray(0, zipped.length - 2000),
    });
    expect([code, stderr]).toEqual([3, expect.stringContaining("standard input is incomplete")]);
  });

  test("a trace without a usable event fails", () => {
    const { code, stderr } = go2perfetto(["-", "-o", "-"], { input: sync.subarray(0, 16) });
    expect(code).toBe(1);
    expect(stderr).toContain(
      "standard input holds nothing that can be used: the trace holds a header and nothing else",
    );
  });

  test("a full disk fails with the system's words", { tags: ["long"] }, () => {
    const { code, stderr } = go2perfetto([SYNC, "-o", "/dev/full", "--format", "pftrace"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("error: cannot write /dev/full: no space left"),
    ]);
  });

  test("a closed pipe is no error", async () => {
    const child = start(["dump", fixture("http.trace")], emptyFolder());
    child.stdout.once("data", () => child.stdout.destroy());
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, "exit");
    expect([code, stderr]).toEqual([0, ""]);
  });

  test.each([
    [["-"], "standard input has no name"],
    [["convrt", SYNC], "unknown command 'convrt'\n(Did you mean convert?)"],
    [["stat", SYNC, "--json"], "unknown command 'stat'\n(Did you mean stats?)"],
    [[SYNC, SYNC], "too many arguments for 'convert'"],
    [[SYNC, "-o", "out.txt"], "the extension is not of a known format"],
    [[SYNC, "--format", "chrome"], "Allowed choices are pftrace, json"],
    [[SYNC, "--detail", "most"], "Allowed choices are auto, full, lean"],
    [[SYNC, "--group", "task"], "Allowed choices are function, none"],
    [[SYNC, "--stacks", "text"], "Allowed choices are callstack, annotation, none"],
    [[SYNC, "--tracks", "procs,goroutine"], 'There are no tracks "goroutine". Allowed are procs, threads'],
    [[SYNC, "--tracks", ""], 'There are no tracks ""'],
    [[SYNC, "--min-duration", "10"], "Durations are numbers with units"],
    [[SYNC, "--min-duration", "-1ms"], "Durations are numbers with units"],
    [[SYNC, "--no-such-option"], "unknown option"],
    [[], "Usage: go2perfetto"],
  ])("%j is wrong usage", { tags: ["long"] }, (args, message) => {
    const { code, stderr } = go2perfetto(args, { cwd: emptyFolder() });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("a trace may have a name like that of a command", () => {
    const cwd = emptyFolder();
    copyFileSync(SYNC, join(cwd, "stat"));
    expect(go2perfetto(["stat"], { cwd }).code).toBe(0);
    expect(filesIn(cwd)).toEqual(["stat", "stat.pftrace"]);
  });

  test("says how many slices --min-duration leaves out", { tags: ["long"] }, () => {
    const args = [SYNC, "-o", "out.pftrace", "--min-duration", "1.5ms", "--tracks", "goroutines, logs"];
    const folder = emptyFolder();
    const { code, stderr } = go2perfetto(args, { cwd: folder });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^[\d,]+ slices shorter than 1500 µs are left out$/m),
    ]);
    const all = go2perfetto([SYNC, "-o", "all.pftrace"], { cwd: folder });
    expect(all.stderr).not.toContain("left out");
    const size = (name: string) => readFileSync(join(folder, name)).length;
    expect(size("out.pftrace")).toBeLessThan(size("all.pftrace") / 2);
  });

  test("a directory as OUT or IN is named", { tags: ["long"] }, () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "d.pftrace"));
    expect(go2perfetto([SYNC, "-o", "d.pftrace"], { cwd: folder }).stderr).toContain(
      "cannot write d.pftrace: it is a directory",
    );
    mkdirSync(join(folder, "d"));
    for (const command of [[], ["trim"], ["dump"], ["pprof", "sync"], ["otlp"]])
      expect(go2perfetto([...command, SYNC, "-o", "d"], { cwd: folder })).toMatchObject({
        code: 1,
        stderr: "error: cannot write d: it is a directory\n  Write d/ for a file with IN's name in it.\n",
      });
    expect(go2perfetto(["d.pftrace", "-o", "x.pftrace"], { cwd: folder }).stderr).toContain(
      "d.pftrace is a directory",
    );
  });
});
