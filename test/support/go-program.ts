import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { optionalPart } from "./optional.js";

/** Where things stand in {@link SOURCE}. */
export const LINES = { worker: 10, callOfInner: 11 } as const;

const SOURCE = `package main

import "os"

//go:noinline
func inner(n int) int { return n * n }

//go:noinline

func worker(n int) int {
	n = inner(n)
	n += len(os.Args)
	return n / 3
}

func main() { os.Exit(worker(len(os.Args))) }
`;

/** A small Go program that the tests build, and what Go's tools say of its addresses. */
export interface GoProgram {
  readonly path: string;
  readonly source: string;
  /** Address of a function's first instruction. */
  entry(func: string): bigint;
  /** Address that a call in a function returns to. */
  returnAddress(func: string, callee: string): bigint;
}

/** Builds it; where there is no Go, `part` is left out. */
export function goProgram(part: string): GoProgram | undefined {
  const folder = mkdtempSync(join(tmpdir(), "go-program-"));
  const path = join(folder, "program");
  const source = join(folder, "program.go");
  const isThere = optionalPart(part, () => {
    writeFileSync(source, SOURCE);
    try {
      go("build", "-o", path, source);
      return undefined;
    } catch (error) {
      return `go build: ${error}`;
    }
  });
  return isThere ? { path, source, entry: entryIn(path), returnAddress: returnAddressIn(path) } : undefined;
}

function go(...args: readonly string[]): string {
  return execFileSync("go", args, { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] }).toString();
}

function entryIn(path: string): GoProgram["entry"] {
  return (func) => {
    const line = go("tool", "nm", path)
      .split("\n")
      .find((each) => each.endsWith(` ${func}`));
    return BigInt(`0x${line?.trim().split(" ")[0]}`);
  };
}

function returnAddressIn(path: string): GoProgram["returnAddress"] {
  return (func, callee) => {
    const lines = go("tool", "objdump", "-s", `^${func}$`, path).split("\n");
    const call = lines.findIndex((line) => line.includes(`CALL ${callee}(`));
    return BigInt(/0x[0-9a-f]+/.exec(lines[call + 1] ?? "")?.[0] ?? Number.NaN);
  };
}
