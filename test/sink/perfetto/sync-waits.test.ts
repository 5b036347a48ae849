import { expect, test } from "vitest";
import type { StackFrame } from "../../../src/event/tables.js";
import { syncWait } from "../../../src/sink/perfetto/sync-waits.js";

const stack = (...funcs: string[]): StackFrame[] =>
  funcs.map((func) => ({ pc: 0n, func, file: "file.go", line: 1 }));

// The innermost frame first, as Go 1.22 to 1.26 record them.
test.each([
  [
    "sync.(*Mutex).Lock",
    ["sync.runtime_SemacquireMutex", "sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock", "main.f"],
  ],
  [
    "sync.(*Mutex).Lock",
    ["internal/sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).Lock", "sync.(*Mutex).Lock", "main.f"],
  ],
  ["sync.(*RWMutex).Lock", ["sync.(*Mutex).Lock", "sync.(*RWMutex).Lock", "main.f"]],
  ["sync.(*RWMutex).RLock", ["sync.runtime_SemacquireRWMutexR", "sync.(*RWMutex).RLock", "main.f"]],
  [
    "sync.(*WaitGroup).Wait",
    ["sync.runtime_SemacquireWaitGroup", "sync.(*WaitGroup).Wait", "main.main", "runtime.main"],
  ],
  ["sync.(*Once).Do", ["sync.(*Mutex).Lock", "sync.(*Once).doSlow", "sync.(*Once).Do", "main.f"]],
  [
    "sync.OnceFunc",
    ["sync.(*Mutex).Lock", "sync.(*Once).doSlow", "sync.(*Once).Do", "sync.OnceFunc.func2", "main.f"],
  ],
  ["sync.(*Mutex).Lock", ["sync.(*Mutex).Lock", "main.f", "sync.(*WaitGroup).Go.func1"]],
  ["sync", ["runtime.semacquire", "main.f", "sync.(*Once).Do"]],
  ["sync", []],
])("%s is what a goroutine in %j waits for", (name, funcs) => expect(syncWait(stack(...funcs))).toBe(name));
