import { expect, test } from "vitest";
import type { Finding } from "../../../src/analysis/explain/finding.js";
import { syscallFindings } from "../../../src/analysis/explain/syscall-findings.js";
import { SyscallSites } from "../../../src/analysis/explain/syscall-sites.js";

/** The findings if 20 calls with a stack take half a second. */
function findingsOf(...functions: string[]): Finding[] {
  const sites = new SyscallSites();
  sites.stacks.frames = () => functions.map((func) => ({ pc: 0n, func, file: "x.go", line: 7 }));
  const site = sites.table.add();
  for (let call = 0; call < 20; call++) {
    sites.table.enter(site, call * 50e6);
    sites.table.leave(site, call * 50e6, call * 50e6 + 25e6, 1, 1);
  }
  sites.long[site] = 500e6;
  return syscallFindings(sites, { duration: 1e9, start: 0 });
}

const foundOf = (...functions: string[]) => findingsOf(...functions).map(({ kind }) => kind);

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

test.each(["runtime/trace.Start.func1", "runtime/trace.(*traceMultiplexer).startLocked.func1"])(
  "calls of the goroutine that writes the trace, %s, are none",
  (func) => {
    expect(foundOf("syscall.write", "os.(*File).Write", func)).toEqual([]);
    expect(foundOf("syscall.write", "os.(*File).Write", "runtime/trace.Log", "main.main")).toEqual([
      "syscalls",
    ]);
  },
);

test.each([
  [["syscall.Syscall6", "syscall.Fsync", "os.(*File).Sync", "main.main"], "syscall.Fsync"],
  [["runtime.cgocall", "main._Cfunc_work", "main.main"], "main._Cfunc_work"],
  [["internal/runtime/syscall.Syscall6", "syscall.RawSyscall6", "syscall.write"], "syscall.write"],
])("the sentence names the call of %s", (functions, name) => {
  expect(findingsOf(...functions)[0]?.sentence).toContain(`25.0 ms at most (${name}).`);
});
