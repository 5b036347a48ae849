import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { emptyFolder } from "../cli/command.js";
import { Subject } from "./subject.js";

/** A program that does with an input what its first byte says. */
const PROGRAM = `
  process.on("message", ({ inputs: [bytes] }) => {
    if (bytes[0] === 1) for (;;);
    if (bytes[0] === 2) process.kill(process.pid, "SIGKILL");
    process.send({ findings: [bytes[0] === 3 ? [{ kind: "invalid", target: "json", message: "odd" }] : []] });
  });
  process.send({ findings: [] });`;
const program = join(emptyFolder(), "program.mjs");
writeFileSync(program, PROGRAM);
const subject = new Subject(program, 2);
afterAll(() => subject.stop());

const examine = (first: number) => subject.examine(Uint8Array.of(first), []);

test("a loop that never ends is found, and so is a process that dies; the next input is examined by another", async () => {
  expect(await examine(0)).toEqual([]);
  expect(await examine(1)).toEqual([{ kind: "hang", target: "any", message: "no answer" }]);
  expect(await examine(3)).toEqual([{ kind: "invalid", target: "json", message: "odd" }]);
  expect(await examine(2)).toEqual([{ kind: "crash", target: "any", message: "the process died: SIGKILL" }]);
  expect(await examine(0)).toEqual([]);
});
