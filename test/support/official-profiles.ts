import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProfileKind } from "../../src/analysis/profile/kinds.js";
import { type CorpusTrace, FIXTURES } from "./corpus.js";
import { sharedDir } from "./optional.js";
import { readPprof, sumsByStack } from "./pprof-reader.js";

/** The kinds of `go tool trace -pprof`. */
export const OFFICIAL_KINDS = ["net", "sync", "syscall", "sched"] as const satisfies readonly ProfileKind[];

/** The kinds in the addresses of the official web pages. */
const WEB_KINDS: Readonly<Record<string, ProfileKind>> = {
  io: "net",
  block: "sync",
  syscall: "syscall",
  sched: "sched",
};

/** A profile of goroutines of one function, or of regions of one name. */
export interface WebProfile {
  readonly kind: ProfileKind;
  readonly function?: string;
  readonly region?: string;
  /** By stack, as {@link sumsByStack} gives it. */
  readonly sums: Readonly<Record<string, string>>;
}

/** What `go tool trace -pprof` writes of a trace, by stack; undefined if it is not at hand, or refused the trace. */
export function officialProfile(trace: CorpusTrace, kind: ProfileKind): Record<string, string> | undefined {
  const path = officialFile(trace, kind);
  return existsSync(path) ? sumsByStack(readPprof(readFileSync(path))) : undefined;
}

/** Where that is. */
export function officialFile(trace: CorpusTrace, kind: ProfileKind): string {
  return join(oracleOf(trace), `${kind}.pb`);
}

/** The profiles that the official web pages of a trace offer. */
export function webProfiles(trace: CorpusTrace): WebProfile[] {
  const dir = join(oracleOf(trace), "web");
  if (!existsSync(join(dir, "index.json"))) return [];
  const index = JSON.parse(readFileSync(join(dir, "index.json"), "utf8")) as Record<string, unknown>;
  return Object.entries(index).flatMap(([file, entry]) => {
    if (!/^(goroutine|region)-.*\.pb$/.test(file)) return [];
    const { kind, ...subject } = entry as { kind: string; function?: string; region?: string };
    const known = WEB_KINDS[kind];
    if (known === undefined) throw new Error(`${file} is of kind ${kind}`);
    return [{ ...subject, kind: known, sums: sumsByStack(readPprof(readFileSync(join(dir, file)))) }];
  });
}

function oracleOf({ oracle }: CorpusTrace): string {
  return join(sharedDir() ?? FIXTURES, "oracle", oracle);
}
