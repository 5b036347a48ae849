import { expect, test } from "vitest";
import {
  CALLING,
  callerIndex,
  callerText,
  frameIndex,
  placeText,
  programIndex,
  WAITING,
} from "../../../src/analysis/explain/places.js";
import type { StackFrame } from "../../../src/event/tables.js";

const frame = (func: string, file: string): StackFrame => ({ pc: 0n, func, file, line: 1 });
const WRITE = [
  frame("syscall.write", "/usr/local/go/src/syscall/zsyscall_linux_amd64.go"),
  frame("internal/poll.(*FD).Write", "/usr/local/go/src/internal/poll/fd_unix.go"),
  frame("os.(*File).Write", "/usr/local/go/src/os/file.go"),
  frame("log.(*Logger).output", "/usr/local/go/src/log/log.go"),
];
const SERVE = frame("net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go");

test("the place of a call is the program's, within a module, a package named like a standard one, or main", () => {
  for (const caller of [
    frame("main.handle", "/home/me/shop/main.go"),
    frame("example.com/shop/log.Line", "/home/me/shop/log/line.go"),
    frame("image/resize.Fit", "/home/me/image/resize/fit.go"),
  ])
    expect(programIndex([...WRITE, caller, SERVE], CALLING)).toBe(WRITE.length);
});

test("files without the folders before them, as -trimpath leaves them, are of the standard library too", () => {
  const trimmed = WRITE.map(({ func, file }) => frame(func, file.replace("/usr/local/go/src/", "")));
  expect(programIndex([...trimmed, frame("main.main", "example.com/shop/main.go")], CALLING)).toBe(4);
});

test("without a frame of the program, the place is the first outside of what calls the system", () => {
  expect(programIndex([...WRITE, SERVE], CALLING)).toBe(3);
  expect(programIndex(WRITE.slice(0, 3), CALLING)).toBe(2);
});

test("the caller of a line in a library is the program's own line, else the first beyond the standard library", () => {
  const library = frame("example.org/db.(*Conn).Query", "/home/me/go/pkg/mod/example.org/db@v1.0.0/conn.go");
  const own = frame("main.list", "/home/me/shop/main.go");
  const frames = [...WRITE, library, own, SERVE];
  expect([0, 3, 4, 5, 6].map((at) => callerIndex(frames, at))).toEqual([5, 5, 5, 5, 6]);
  expect([0, 4].map((at) => callerIndex([...WRITE, library, SERVE], at))).toEqual([4, 4]);
  expect(callerText(frames, 4)).toBe(", called from main.list (main.go:1)");
  expect(callerText(frames, 5)).toBe("");
});

test("functions that cgo makes, and x/sys, are no places", () => {
  const made = frame("main._Cfunc_csum", "_cgo_gotypes.go");
  const sys = frame("golang.org/x/sys/unix.Fsync", "/home/me/go/pkg/mod/golang.org/x/sys/unix/zsyscall.go");
  const caller = frame("main.sum", "/home/me/shop/main.go");
  expect(programIndex([made, caller], CALLING)).toBe(1);
  expect(programIndex([sys, caller], CALLING)).toBe(1);
});

test("the place of a wait is outside of the runtime's functions, also of those in another package", () => {
  const release = frame("internal/poll.runtime_Semrelease", "/usr/local/go/src/runtime/sema.go");
  expect(frameIndex([release, WRITE[1] as StackFrame], WAITING)).toBe(1);
});

test("a place without symbols is its address, and no file or line", () => {
  const place = { function: "0x474408", file: "", line: 0 };
  expect(placeText(place)).toBe("0x474408");
  expect(placeText({ function: "main.sum", file: "/home/me/shop/main.go", line: 3 })).toBe(
    "main.sum (main.go:3)",
  );
  expect([placeText(undefined), placeText({ ...place, function: "" })]).toEqual(
    Array(2).fill("an unknown place"),
  );
});
