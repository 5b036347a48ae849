// @module-tag long

import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { EventKind, isUser } from "../../src/event/kind.js";
import { openTraceFile } from "../../src/node.js";
import { readBlocks } from "../support/reading.js";
import { emptyFolder, fixture, go2perfetto } from "./command.js";

const GO_1_26 = "annotations-go1.26.trace";
const PLANTED = "path-planted.trace.gz";
const TRACES = [GO_1_26, "annotations-go1.21.trace", "canned-http_1_7_good.trace", "http.trace"];
/** A program with no names but `main.main`: what its outputs say is ours. */
const PLAIN = "hello-go1.26.trace";
/** Shorter texts are in a file of bytes by chance. */
const TELLING = 5;
/** Most of the large trace would only take time. */
const PART = ["--to", "10ms"];

const inputs = emptyFolder();
const outputs = emptyFolder();

/** What the program of a trace named, and where its machine has it. */
interface Names {
  readonly functions: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  /** Of tasks, regions and logs. */
  readonly texts: ReadonlySet<string>;
}

/** All names of a program, by where Go is installed: what lies there is not the program's. */
async function namesOf(path: string): Promise<Names> {
  const frames = new Map<string, string>();
  const texts = new Set<string>();
  await readBlocks(await openTraceFile(path), ({ generation, kind, length, name, text }) => {
    const text_ = (index: number | undefined) => texts.add(generation?.strings.text(index ?? 0) ?? "");
    for (let i = 0; i < length; i++) {
      if (isUser(kind[i] as number)) text_(name[i]);
      if (kind[i] === EventKind.Log) text_(text[i]);
    }
    for (let stack = 0; stack < (generation?.stacks.length ?? 0); stack++)
      for (const { file, func } of generation?.stacks.frames(stack) ?? []) frames.set(func, file);
  });
  const root = /^(.*\/src\/)runtime\//.exec(
    frames.get("runtime.gopark") ?? frames.get("runtime.main") ?? "",
  )?.[1];
  const isOfGo = (func: string, file: string) =>
    func === "" || (root === undefined ? !/^main\./.test(func) : file.startsWith(root) || file === "");
  const own = [...frames].filter(([func, file]) => !isOfGo(func, file));
  const folders = own.map(([, file]) => file.slice(0, file.lastIndexOf("/")));
  return {
    functions: new Set(own.map(([func]) => func)),
    files: new Set([...own.map(([, file]) => file), ...folders, ...(root === undefined ? [] : [root])]),
    texts,
  };
}

/** All files below a folder, with their bytes; those that are gzipped, unzipped. */
function filesBelow(folder: string): [name: string, text: string][] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return [];
    const bytes = readFileSync(path);
    return [[name, (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()]];
  });
}

/** Each name as it is in bytes, and as JSON and HTML write it. */
function spellings(name: string): string[] {
  const json = JSON.stringify(name).slice(1, -1);
  return [
    ...new Set([name, json, name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")]),
  ];
}

function run(...args: string[]): string {
  const { code, stderr, stdout } = go2perfetto(args, { cwd: inputs });
  expect([0, 3], stderr).toContain(code);
  return stdout.toString();
}

/** Keeps what a command prints as an output. */
function printed(name: string, ...args: string[]): void {
  writeFileSync(join(outputs, name), run(...args, "--anonymize"));
}

let all: Names;
/** Every output, as text. */
let made: [name: string, text: string][];
/** What outputs say of any program. */
let ours: string;

beforeAll(async () => {
  for (const name of [...TRACES, PLAIN]) copyFileSync(fixture(name), join(inputs, name));
  copyFileSync(fixture(`faults/go1.26/${PLANTED}`), join(inputs, PLANTED));
  const names = await Promise.all([...TRACES, PLANTED].map((name) => namesOf(join(inputs, name))));
  const together = (of: (names: Names) => ReadonlySet<string>) =>
    new Set(names.flatMap((each) => [...of(each)]));
  all = {
    functions: together((each) => each.functions),
    files: together((each) => each.files),
    texts: together((each) => each.texts),
  };

  const out = (name: string) => ["-o", join(outputs, name)];
  const words = [...TRACES, PLANTED, PLAIN];
  run(
    "batch",
    ...words,
    "--out-dir",
    join(outputs, "batch"),
    "--also",
    "pprof,stats,explain,html",
    "--anonymize",
    ...PART,
    "--jobs",
    "1",
  );
  run(
    "batch",
    ...words,
    "--out-dir",
    join(outputs, "json"),
    "--format",
    "json",
    "--anonymize",
    ...PART,
    "--jobs",
    "1",
  );
  printed("task.txt", "explain", PLANTED, "--task", "request", "--markdown");
  run("convert", PLANTED, "--task", "request", "--anonymize", ...out("task.pftrace"));
  run("pprof", "path", PLANTED, "--task", "request", "--anonymize", ...out("path.pb.gz"));
  run("pprof", "sync", GO_1_26, "--region", "recurse", "--anonymize", ...out("region.pb.gz"));
  run("trim", GO_1_26, "--from", "200us", "--anonymize", ...out("part.trace"));
  run("convert", GO_1_26, "--split-time", "500us", "--anonymize", ...out("parts.trace"));
  run("otlp", GO_1_26, "--states", "all", "--min-block", "0", "--anonymize", ...out("spans.jsonl"));
  printed("dump.txt", "dump", GO_1_26);
  printed("stats.txt", "stats", GO_1_26);
  printed("diff.json", "diff", GO_1_26, PLANTED, "--json", "--html", join(outputs, "diff.html"));
  made = filesBelow(outputs);
  ours = made.flatMap(([name, text]) => (name.includes("hello") ? [text] : [])).join("\n");
}, 120_000);

/** The names that an output can only have from the program, in all their spellings. */
function secret(names: Iterable<string>): string[] {
  const telling = [...names].filter((name) => name.length >= TELLING).flatMap(spellings);
  return telling.filter((name) => !ours.includes(name));
}

/** Where an output holds one of the names. */
function found(names: Iterable<string>): string[] {
  const searched = secret(names);
  return made.flatMap(([output, text]) =>
    searched.filter((name) => text.includes(name)).map((name) => `${output}: ${name.slice(0, 80)}`),
  );
}

describe("with --anonymize", () => {
  test("every command makes its output", () => {
    expect(made.length).toBeGreaterThan(60);
    expect(made.filter(([, text]) => text === "")).toEqual([]);
  });

  test("the names are there without it", () => {
    const plain = run("dump", GO_1_26);
    for (const names of [all.functions, all.files, all.texts])
      expect(secret(names).filter((name) => plain.includes(name)).length).toBeGreaterThan(2);
  });

  test("no output has a function of the program", () => {
    expect(all.functions.size).toBeGreaterThan(20);
    expect(found(all.functions)).toEqual([]);
  });

  test("no output has a file or folder of the program, nor where Go is", () => {
    expect(found(all.files)).toEqual([]);
  });

  test("no output has the name of a task or region, nor a log", () => {
    expect(all.texts.size).toBeGreaterThan(50);
    expect(found(all.texts)).toEqual([]);
  });

  test("no output that stands alone has the name of its input", () => {
    const alone = made.filter(
      ([name]) => !/^batch\/(index\.html|\.go2perfetto)|^json\/\.go2perfetto/.test(name),
    );
    const telling = made.flatMap(([name]) => /^batch\/([^/]+-[^/]+)\.pftrace$/.exec(name)?.[1] ?? []);
    expect(telling.length).toBeGreaterThan(3);
    const named = alone.filter(([, text]) => telling.some((name) => text.includes(name)));
    expect(named.map(([name]) => name)).toEqual([]);
  });

  test("a path is that of the task with the real name", () => {
    expect(readFileSync(join(outputs, "task.txt"), "utf8")).toContain("Critical path of the slowest task");
    expect(readFileSync(join(outputs, "task.pftrace")).includes("Critical path of the slowest task")).toBe(
      true,
    );
  });

  test("two traces have the same names in one run", () => {
    const { stderr } = go2perfetto(["diff", GO_1_26, GO_1_26, "--anonymize"], { cwd: inputs });
    expect(stderr).toContain("The traces are alike");
  });

  test("log messages stay if that is asked for", () => {
    const messages = (text: string) => text.match(/ message="[^"]+"/g) ?? [];
    expect(messages(readFileSync(join(outputs, "dump.txt"), "utf8"))).toEqual([]);
    const kept = run("dump", GO_1_26, "--anonymize", "--keep-logs");
    expect(messages(kept)).toEqual(messages(run("dump", GO_1_26)));
  });

  test("batch goes on with a key only, and records none", () => {
    const folder = join(outputs, "resumed");
    const work = ["batch", PLAIN, "--out-dir", folder, "--resume", "--anonymize"];
    const isDone = (...more: string[]) =>
      go2perfetto([...work, ...more], { cwd: inputs }).stderr.includes("done before");
    expect(isDone("--anonymize-key", "key")).toBe(false);
    const [record = ""] = readdirSync(join(folder, ".go2perfetto"));
    const text = readFileSync(join(folder, ".go2perfetto", record), "utf8");
    const key = readFileSync(join(inputs, "key"));
    const kept = [
      key.toString("hex"),
      key.toString("base64"),
      [...key].join(),
      `"0\\":${key[0]},`,
      `"0":${key[0]},`,
    ];
    expect(kept.filter((each) => text.includes(each))).toEqual([]);
    expect(isDone("--anonymize-key", "key")).toBe(true);
    expect(isDone()).toBe(false);
  });

  test.each([
    ["--keep", "main", "stats", GO_1_26],
    ["--keep-logs", "stats", GO_1_26],
    ["--wire", "--anonymize", "dump", GO_1_26],
  ])("%s %s … is wrong usage", (...args) => {
    expect(go2perfetto(args, { cwd: inputs }).code).toBe(2);
  });
});
