import type { UserConsoleLog } from "vitest";
import type { Reporter, TestModule, Vitest } from "vitest/node";
import { sharedDir } from "./optional.js";

/** What `optionalPart` writes: the part, and why it is left out. */
const LEFT_OUT = /^left out: (.+?): (.+)$/;

/**
 * Ends a run with what was left out, a line for each reason, and one plain line of counts. A run fails if a test was skipped
 * where all are required.
 */
export default class ClosingLine implements Reporter {
  readonly #partsByReason = new Map<string, Set<string>>();
  #isQuick = false;

  onInit(vitest: Vitest): void {
    this.#isQuick = vitest.config.env?.QUICK === "1";
  }

  onUserConsoleLog({ content }: UserConsoleLog): void {
    for (const line of content.split("\n")) {
      const [, part = "", reason] = LEFT_OUT.exec(line) ?? [];
      if (reason === undefined) continue;
      const parts = this.#partsByReason.get(reason) ?? new Set();
      this.#partsByReason.set(reason, parts.add(part));
    }
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let long = 0;
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (this.#isQuick && state === "skipped" && test.tags.includes("long")) long++;
        else count[state]++;
      }
    }
    const skipped = count.skipped + count.pending;
    if (process.env.REQUIRE_ALL === "1" && skipped > 0) {
      console.error(`${skipped} tests were skipped, but all are required`);
      process.exitCode = 1;
    }
    for (const [reason, parts] of this.#partsByReason)
      console.log(`left out (${reason}): ${[...parts].join("; ")}`);
    if (this.#isQuick)
      console.log(
        `left out (npm run test:all has them): ${long} long tests, and traces other than the fixtures`,
      );
    else if (sharedDir() === undefined)
      console.log("left out (there is no ../shared): traces other than the fixtures");
    console.log(`${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  }
}
