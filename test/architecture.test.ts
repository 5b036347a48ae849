import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commandLine } from "../src/cli/program.js";

const src = fileURLToPath(new URL("../src", import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

/** What a folder may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  bytes: ["base"],
  event: ["base"],
  wire: ["base", "bytes", "event"],
  order: ["base", "bytes", "event", "wire"],
  sched: ["base", "event"],
  select: ["base", "event", "order", "sched"],
  analysis: ["base", "event", "order", "sched"],
  sink: ["base", "bytes", "event", "wire", "order", "sched", "analysis"],
  figures: ["base", "event", "select", "analysis"],
  report: ["base", "analysis", "figures"],
  cli: [
    "base",
    "bytes",
    "event",
    "wire",
    "order",
    "sched",
    "select",
    "analysis",
    "figures",
    "report",
    "sink",
  ],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join(src, file), "utf8");
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] as string);
  return targets.map((target) => ({ file, target }));
});

/** Path within src of what a file imports; undefined for packages. */
function within({ file, target }: Import): string | undefined {
  return target.startsWith(".") ? relative(src, resolve(join(src, dirname(file)), target)) : undefined;
}

const folderOf = (path: string) => (path.includes("/") ? (path.split("/")[0] as string) : "(entry points)");

test("every folder has its place", () => {
  const folders = new Set(files.map(folderOf));
  folders.delete("(entry points)");
  expect([...folders].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("imports go in one direction", () => {
  const wrong = imports.filter((each) => {
    const target = within(each);
    const from = folderOf(each.file);
    if (target === undefined || from === "(entry points)") return false;
    return folderOf(target) !== from && !MAY_IMPORT[from]?.includes(folderOf(target));
  });
  expect(wrong).toEqual([]);
});

/** Files that import one another, by way of any number of others: each group is a circle. */
function circles(): string[][] {
  const targets = new Map(files.map((file) => [file, [] as string[]]));
  for (const each of imports) {
    const target = within(each)?.replace(/\.js$/, ".ts");
    if (target !== undefined && targets.has(target)) targets.get(each.file)?.push(target);
  }
  const reached = (from: string): Set<string> => {
    const seen = new Set<string>();
    const visit = (file: string) => {
      for (const target of targets.get(file) ?? []) {
        if (seen.has(target)) continue;
        seen.add(target);
        visit(target);
      }
    };
    visit(from);
    return seen;
  };
  const reaches = new Map(files.map((file) => [file, reached(file)]));
  const isIn = (file: string, other: string) =>
    reaches.get(file)?.has(other) === true && reaches.get(other)?.has(file) === true;
  const groups = files.map((file) => files.filter((other) => isIn(file, other)).sort());
  return [...new Map(groups.filter((group) => group.length > 0).map((group) => [group[0], group])).values()];
}

test("no files import one another in a circle", () => {
  expect(circles()).toEqual([]);
});

/** The wings of the command line. A wing imports from wings to its left and from itself; the files at the root import from all. */
const WINGS = ["process", "connection", "options", "output", "input", "commands", "executable", "(root)"];

/** The wing of a file of the command line; undefined for other files. */
function wingOf(path: string | undefined): string | undefined {
  const [, wing] = /^cli\/(?:([\w-]+)\/)?/.exec(path ?? "") ?? [];
  return path?.startsWith("cli/") ? (wing ?? "(root)") : undefined;
}

test("the command line is made of its wings", () => {
  const wings = new Set(files.map(wingOf).filter((wing) => wing !== undefined));
  expect([...wings].sort()).toEqual([...WINGS].sort());
});

test("a wing of the command line imports from wings before it", () => {
  const wrong = imports.filter((each) => {
    const [from, to] = [wingOf(each.file), wingOf(within(each))];
    return from !== undefined && to !== undefined && WINGS.indexOf(to) > WINGS.indexOf(from);
  });
  expect(wrong).toEqual([]);
});

test("every command has a description, which loads its work only when it runs", () => {
  const commands = new Set(files.flatMap((file) => /^cli\/commands\/(\w+)\//.exec(file)?.[1] ?? []));
  expect([...commands].sort()).toEqual(
    commandLine()
      .commands.map((command) => command.name())
      .sort(),
  );
  for (const command of commands) {
    const text = readFileSync(join(src, `cli/commands/${command}/command.ts`), "utf8");
    expect([command, text]).toEqual([command, expect.stringContaining(`await import("./${command}.js")`)]);
    const values = [...text.matchAll(/^import (?!type ).*? from "([^"]+)";/gms)].map(([, target]) => target);
    expect([command, values]).toEqual([command, expect.not.arrayContaining([`./${command}.js`])]);
  }
});

test("no sink imports another", () => {
  const sinkOf = (path: string) => /^sink\/(\w+)\//.exec(path)?.[1];
  const wrong = imports.filter((each) => {
    const from = sinkOf(each.file);
    const to = sinkOf(within(each) ?? "");
    return from !== undefined && to !== undefined && from !== to;
  });
  expect(wrong).toEqual([]);
});

test("only the edges import Node's own modules", () => {
  const isEdge = (file: string) =>
    file.startsWith("cli/") || file === "node.ts" || /^bytes\/[\w-]+-source\.ts$/.test(file);
  const wrong = imports.filter(({ file, target }) => target.startsWith("node:") && !isEdge(file));
  expect(wrong).toEqual([]);
});

test("what a browser may load reaches no edge", () => {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const each of imports.filter((candidate) => candidate.file === file)) {
      const target = within(each);
      if (target !== undefined) visit(target.replace(/\.js$/, ".ts"));
    }
  };
  for (const entry of ["index.ts", "perfetto.ts", "chrome.ts", "pprof.ts", "otlp.ts", "html.ts"])
    visit(entry);
  expect(
    [...reached].filter(
      (file) => file.startsWith("cli/") || (/-source\.ts$/.test(file) && file !== "bytes/byte-source.ts"),
    ),
  ).toEqual([]);
  expect(reached.size).toBeGreaterThan(40);
});

test("the library never prints", () => {
  const printing = files.filter((file) =>
    /console\.|process\.std/.test(readFileSync(join(src, file), "utf8")),
  );
  expect(printing.filter((file) => !file.startsWith("cli/"))).toEqual([]);
});

/** What a built file imports, also by way of others. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  for (const [, target] of text.matchAll(/^(?:import|export)[^;]*?from "([^"]+)"/gm)) {
    if (target?.startsWith(".")) closure(resolve(dirname(file), target), seen);
    else if (target !== undefined) seen.add(target);
  }
  return seen;
}

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const foreignTo = (entry: string) => [...closure(join(dist, entry))].filter((each) => !each.startsWith("/"));

test.each([
  ["index.js", []],
  ["perfetto.js", []],
  ["chrome.js", []],
  ["otlp.js", ["@opentelemetry/api"]],
  ["html.js", ["#page/report.js"]],
])("the built %s loads nothing of Node", (entry, packages) => {
  expect(foreignTo(entry)).toEqual(packages);
});

test("no command loads the script of report pages before it is needed", () => {
  expect(foreignTo("cli/run.js").filter((each) => each.startsWith("#"))).toEqual([]);
});

test("no command but otlp loads OpenTelemetry", () => {
  expect(foreignTo("cli/run.js").filter((each) => each.includes("opentelemetry"))).toEqual([]);
});
