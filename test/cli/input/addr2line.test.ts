import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Addr2line } from "../../../src/cli/input/addr2line.js";
import { goProgram, LINES } from "../../support/go-program.js";
import { emptyFolder } from "../command.js";

const program = goProgram("symbols of a program by go tool addr2line");

/** What a refusal says, with its advice. */
async function refusal(path: string, addresses: readonly bigint[] = [1n]): Promise<string> {
  try {
    await new Addr2line(path).resolve(addresses);
    return "none";
  } catch (error) {
    return `${(error as Error).message} | ${(error as { advice?: string }).advice}`;
  }
}

describe.skipIf(program === undefined)("the symbols of a program", () => {
  const { path = "", source = "", entry, returnAddress } = program ?? {};

  test("are found for the beginnings of functions and for calls", async () => {
    const worker = entry?.("main.worker") ?? 0n;
    const call = (returnAddress?.("main.worker", "main.inner") ?? 0n) - 1n;
    const lines = await new Addr2line(path).resolve([call, worker, 1n]);
    expect(lines.get(worker)).toEqual({ func: "main.worker", file: source, line: LINES.worker });
    expect(lines.get(call)).toEqual({ func: "main.worker", file: source, line: LINES.callOfInner });
    expect([...lines.keys()]).toEqual([call, worker]);
  });

  test("are those of as many addresses as there may be", async () => {
    const start = entry?.("main.main") ?? 0n;
    const addresses = Array.from({ length: 50_000 }, (_, i) => start + BigInt(i));
    const lines = await new Addr2line(path).resolve(addresses);
    expect(lines.get(start)?.func).toBe("main.main");
  });

  test("are remembered", async () => {
    const symbolizer = new Addr2line(path);
    const main = entry?.("main.main") ?? 0n;
    const first = await symbolizer.resolve([main]);
    const PATH = process.env.PATH;
    process.env.PATH = "";
    try {
      expect(await symbolizer.resolve([main])).toEqual(first);
    } finally {
      process.env.PATH = PATH;
    }
  });

  test("cannot be had without the go command", async () => {
    const PATH = process.env.PATH;
    process.env.PATH = emptyFolder();
    try {
      expect(await refusal(path)).toBe(
        "--binary needs the go command, which is not installed | Without --binary, functions are shown by address.",
      );
    } finally {
      process.env.PATH = PATH;
    }
  });

  test("cannot be had from what is no program", async () => {
    expect(await refusal(source)).toBe(
      `go tool addr2line cannot read symbols from ${source}: unrecognized object file | --binary must be the executable that wrote the trace.`,
    );
  });

  test("are not those of a program in another language", async () => {
    const node = process.execPath;
    expect(await refusal(node)).toContain(
      `${node} has none of the trace's addresses | --binary must be the executable`,
    );
  });

  test("are not those of another program", async () => {
    expect(await refusal(path, [1n, 2n])).toContain(
      `${path} has none of the trace's addresses | --binary must be the executable`,
    );
  });
});

describe("a program", () => {
  test("must be there", async () => {
    expect(await refusal("/no/such/program")).toMatch(
      /^cannot read \/no\/such\/program: no such file or directory \| --binary must be the executable/,
    );
  });

  test("must be a file", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "other"), "");
    expect(await refusal(folder)).toMatch(/ is not a file \| --binary must be the executable/);
  });

  test("is not asked for nothing", async () => {
    expect((await new Addr2line("/no/such/program").resolve([])).size).toBe(0);
  });
});
