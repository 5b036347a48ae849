// @module-tag long
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES, hostileTrace, hostileTraceV1, LONG_NAME } from "../support/hostile-trace.js";
import { jsonProblems } from "../support/integrity-json.js";
import { pftraceProblems } from "../support/integrity-pftrace.js";
import { pprofProblems } from "../support/integrity-pprof.js";
import { optionalPart } from "../support/optional.js";
import { readPftrace } from "../support/pftrace-reader.js";
import { readPprof } from "../support/pprof-reader.js";
import { emptyFolder, filesIn, go2perfetto, type Result } from "./command.js";

const trace = "v2.trace";
const NAMES = Object.values(HOSTILE_NAMES);
/** Everything in Unicode that is no text: control characters, marks of direction and ends of lines, but for the newline. */
const OBEYED = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

let folder = "";

beforeAll(() => {
  folder = emptyFolder();
  writeFileSync(join(folder, "v2.trace"), hostileTrace(NAMES));
  writeFileSync(join(folder, "v1.trace"), hostileTraceV1(NAMES));
  writeFileSync(join(folder, "long.trace"), hostileTraceV1([...NAMES, LONG_NAME]));
});

const run = (...args: readonly string[]): Result => go2perfetto(args, { cwd: folder });
const written = (name: string) => readFileSync(join(folder, name));

/** What a command prints, when it is sure that no terminal obeys any of it. */
function shown(code: number, ...args: readonly string[]): string {
  const result = run(...args);
  const { stderr } = result;
  const stdout = result.stdout.toString();
  expect([args, result.code, OBEYED.exec(stdout), OBEYED.exec(stderr)]).toEqual([args, code, null, null]);
  return stdout;
}

const sorted = (names: Iterable<string>) => [...names].sort();

describe("hostile names", () => {
  test.each([["info"], ["stats", "--top", "1000"]])("do nothing to a terminal: %s", (...args) => {
    expect(shown(0, ...args, trace)).not.toBe("");
  });

  test("are what JSON says that they are", () => {
    const report = JSON.parse(shown(0, "stats", "--json", trace));
    const types = report.tasks.byType.map(({ type }: { type: string }) => type);
    const regions = report.regions.byName.map(({ name }: { name: string }) => name);
    expect([sorted(types), sorted(regions)]).toEqual([sorted(NAMES), sorted(NAMES)]);
  });

  test("stay in their cells of Markdown, and are no HTML", () => {
    const text = shown(0, "stats", "--markdown", "--top", "1000", trace);
    expect(text).not.toMatch(/<|(?<!\\)(`|\]\()/);
    for (const table of text.split(/^## /m).slice(1)) {
      const rows = table.split("\n").filter((line) => line.startsWith("|"));
      const cells = rows.map((row) => row.match(/(?<!\\)\|/g)?.length);
      expect([table.split("\n")[0], new Set(cells).size]).toEqual([table.split("\n")[0], 1]);
    }
  });

  test.each(["v2.trace", "v1.trace"])("are each in a line of a dump, and as they were: %s", (trace) => {
    const lines = shown(0, "dump", trace).trimEnd().split("\n");
    expect(lines.every((line) => /^\d+ m=/.test(line))).toBe(true);
    const logs = lines
      .filter((line) => line.includes(" Log "))
      .map((line) => /message=("(\\.|[^"])*")/.exec(line)?.[1]);
    expect(logs.map((text) => JSON.parse(text ?? ""))).toEqual(NAMES);
    const stored = shown(0, "dump", "--wire", trace).trimEnd().split("\n");
    const texts = stored.filter((line) => /^\d+ String /.test(line)).map((line) => line.split(" text=")[1]);
    expect(texts.map((text) => JSON.parse(text ?? ""))).toEqual(NAMES);
  });

  test("are in conversions as they were, which are sound", () => {
    shown(0, trace, "-o", "out.pftrace");
    const packets = readPftrace(written("out.pftrace"));
    expect(pftraceProblems(packets)).toEqual([]);
    shown(0, trace, "-o", "out.json");
    const json = JSON.parse(written("out.json").toString());
    expect(jsonProblems(json)).toEqual([]);
    const slices = new Set(json.traceEvents.map(({ name }: { name: string }) => name));
    expect(NAMES.filter((name) => !slices.has(name))).toEqual([]);
    shown(0, "pprof", "sched", trace, "-o", "out.pb.gz");
    expect(pprofProblems(readPprof(written("out.pb.gz")))).toEqual([]);
    shown(0, "otlp", trace, "-o", "out.jsonl", "--start-time", "2026-01-01T00:00:00Z");
    const spans = written("out.jsonl")
      .toString()
      .trimEnd()
      .split("\n")
      .flatMap((line) => spanNames(JSON.parse(line)));
    expect(NAMES.filter((name) => !spans.includes(name))).toEqual([]);
  });

  test("do nothing where they are suggested", () => {
    shown(1, "stats", "--goroutine", "zz", trace);
    shown(1, "stats", "--task", "zz", trace);
    shown(1, "pprof", "sched", "--region", "zz", trace, "-o", "none.pb.gz");
    expect(filesIn(folder)).not.toContain("none.pb.gz");
  });
});

interface Request {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

const spanNames = ({ resourceSpans }: Request) =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)));

describe("a name of a megabyte", () => {
  test("makes no table wider than names can be, and is whole elsewhere", () => {
    for (const args of [["stats"], ["diff", "v1.trace"]]) {
      const lines = shown(0, ...args, "long.trace").split("\n");
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(4000);
    }
    const report = JSON.parse(shown(0, "stats", "--json", "long.trace"));
    expect(report.tasks.byType.some(({ type }: { type: string }) => type === LONG_NAME)).toBe(true);
    shown(0, "long.trace", "-o", "long.pftrace");
    expect(pftraceProblems(readPftrace(written("long.pftrace")))).toEqual([]);
  });
});

const PARSE = `
import sys, json, xml.etree.ElementTree as tree
print(json.dumps([case.get("name") for case in tree.parse(sys.argv[1]).iter("testcase")]))
`;
const havePython = optionalPart("hostile names in JUnit reports, read by Python's parser of XML", () =>
  spawnSync("python3", ["--version"]).status === 0 ? undefined : "there is no python3",
);

test.runIf(havePython)("names are inert in a JUnit report", () => {
  const names = NAMES.filter((name) => !/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufffe\uffff]/u.test(name));
  const limits = names.map((name) => `task[${JSON.stringify(name)}].count < 1`);
  shown(4, "check", "v2.trace", ...limits.flatMap((limit) => ["--assert", limit]), "--junit", "junit.xml");
  const { stdout } = spawnSync("python3", ["-c", PARSE, join(folder, "junit.xml")]);
  expect(JSON.parse(stdout.toString())).toEqual(limits);
});

describe("a hostile name of a file", () => {
  const FILE = `in\u001b[31m\n<script>__proto__\u202e.trace`;

  test("is where it is to be, and does nothing", () => {
    mkdirSync(join(folder, "in"));
    copyFileSync(join(folder, "v2.trace"), join(folder, "in", FILE));
    copyFileSync(join(folder, "v2.trace"), join(folder, "in", "__proto__"));
    for (const command of ["info", "stats"]) shown(0, command, join("in", FILE));
    shown(0, join("in", FILE), "--split-time", "500ns", "-o", `part${FILE}.json`);
    shown(0, "batch", "in", "--out-dir", "out", "--report", "report.json");
    shown(0, "batch", "in", "--out-dir", "out", "--report", "-", "--resume");
    const outputs = filesIn(join(folder, "out")).filter((name) => name.endsWith(".pftrace"));
    expect(outputs).toEqual(sorted(["__proto__.pftrace", FILE.replace(".trace", ".pftrace")]));
    const { files } = JSON.parse(written("report.json").toString());
    expect(sorted(files.map(({ input }: { input: string }) => input))).toEqual(
      sorted(["__proto__", FILE].map((name) => join("in", name))),
    );
  });
});
