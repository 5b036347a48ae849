import { expect, test } from "vitest";
import { syscallFindings } from "../../../src/analysis/explain/syscall-findings.js";
import { SyscallSites } from "../../../src/analysis/explain/syscall-sites.js";

/** The kinds of findings if 20 calls of a function take half a second. */
function foundOf(func: string): string[] {
  const sites = new SyscallSites();
  sites.stacks.frames = () => [{ pc: 0n, func, file: "x.go", line: 7 }];
  const site = sites.table.add();
  for (let call = 0; call < 20; call++) {
    sites.table.enter(site, call * 50e6);
    sites.table.leave(site, call * 50e6, call * 50e6 + 25e6, 1, 1);
  }
  sites.long[site] = 500e6;
  return syscallFindings(sites, { duration: 1e9, start: 0 }).map(({ kind }) => kind);
}

test.each(["syscall.read", "runtime.cgocall", "os/signal.signal_recv2"])(
  "long calls of %s are found",
  (func) => {
    expect(foundOf(func)).toEqual(["syscalls"]);
  },
);

// As os/signal.loop waits for signals, which loses its P each time.
test.each(["os/signal.signal_recv", "runtime.notetsleepg"])("waits of %s are none", (func) => {
  expect(foundOf(func)).toEqual([]);
});
