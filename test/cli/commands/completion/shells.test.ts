// @module-tag long

import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { haveCommand } from "../../../support/examples.js";
import { emptyFolder, main } from "../../command.js";

/** How shells start without anybody's settings, and what a user adds to them. */
const TERMINALS = {
  bash: ["bash --norc --noprofile -i", "source <(go2perfetto completion bash)"],
  zsh: ["zsh -f -i", "autoload -U compinit; compinit -u -D; source <(go2perfetto completion zsh)"],
} as const;
type Shell = keyof typeof TERMINALS;

/** What is typed; the arguments that the command gets. */
const TYPED: readonly (readonly [string, readonly string[]])[] = [
  ["expl\t", ["explain"]],
  ["stats --mark\t", ["stats", "--markdown"]],
  ["otlp --protocol http/p\t", ["otlp", "--protocol", "http/protobuf"]],
  ["otlp --protocol=http/p\t", ["otlp", "--protocol=http/protobuf"]],
  ["batch --also stats,pp\t", ["batch", "--also", "stats,pprof"]],
  ["stats 'my tr\t", ["stats", "my trace.out"]],
  ["pprof sync -o ot\t", ["pprof", "sync", "-o", "other.out"]],
];

/** A folder with files to complete, and the environment in which the command is found. */
function place(command: string) {
  const [cwd, bin] = [emptyFolder(), emptyFolder()];
  for (const name of ["my trace.out", "other.out"]) writeFileSync(join(cwd, name), "");
  writeFileSync(join(bin, "go2perfetto"), `#!/bin/sh\n${command}`);
  chmodSync(join(bin, "go2perfetto"), 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: emptyFolder(), TERM: "dumb", LANG: "C.UTF-8" };
  return { cwd, env, timeout: 60_000 };
}

const COMPLETE = `exec "${process.execPath}" "${main}" "$@"`;

/** Types lines into a shell on a terminal. @returns the arguments of each command that it ran */
function type(shell: Shell): string[][] {
  const told = join(emptyFolder(), "told");
  // What is completed is not run: the command only tells its arguments.
  const tell = `printf '%s\\n' "$@" | paste -s -d '|' - >> "${told}"`;
  const [start, setup] = TERMINALS[shell];
  const lines = [setup, ...TYPED.map(([typed]) => `go2perfetto ${typed}`), "exit"];
  execFileSync("script", ["--quiet", "--flush", "--command", start, "/dev/null"], {
    ...place(`[ "$1" = completion ] && ${COMPLETE}\n${tell}`),
    input: lines.map((line) => `${line}\r`).join(""),
  });
  const lists = readFileSync(told, "utf8").trim().split("\n");
  return lists.map((line) => line.split("|"));
}

describe.each(Object.keys(TERMINALS) as Shell[])("completion in %s", (shell) => {
  test.runIf(haveCommand(shell, `completion in ${shell}`))(
    "gives commands, options, values and files",
    () => {
      expect(type(shell)).toEqual(TYPED.map(([, args]) => args));
    },
  );
});

test.runIf(haveCommand("fish", "completion in fish"))(
  "completion in fish gives commands, options, values and files",
  () => {
    const asks = TYPED.map(([typed]) => `complete -C "go2perfetto ${typed.trim()}"`);
    const script = ["go2perfetto completion fish | source", ...asks].join("\n");
    const answers = execFileSync("fish", ["--no-config", "-c", script], place(COMPLETE)).toString();
    const words = answers
      .trim()
      .split("\n")
      .map((line) => line.replace(/\t.*/, ""));
    expect(words).toEqual(TYPED.map(([, args]) => args.at(-1)));
  },
);
