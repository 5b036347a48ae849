import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line of counts, and fails it if a test was skipped where all are required. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) count[test.result().state]++;
    }
    const skipped = count.skipped + count.pending;
    if (process.env.REQUIRE_ALL === "1" && skipped > 0) {
      console.error(`${skipped} tests were skipped, but all are required`);
      process.exitCode = 1;
    }
    console.log(`${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  }
}
