import { expect, test } from "vitest";
import type { Finding } from "../../src/analysis/explain/finding.js";
import { frameText, stackLines } from "../../src/report/finding-text.js";

const TOOLCHAIN = "/root/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.27.1.linux-amd64";

test.each([
  ["sync.(*Mutex).Lock", `${TOOLCHAIN}/src/sync/mutex.go`, "sync/mutex.go:7"],
  ["net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go", "net/http/server.go:7"],
  ["sync.(*Mutex).Lock", "sync/mutex.go", "sync/mutex.go:7"],
  ["main.main", "/home/me/src/shop/main.go", "/home/me/src/shop/main.go:7"],
  ["image.Draw", "/home/me/image/draw.go", "/home/me/image/draw.go:7"],
])("a frame of %s in %s has the file %s", (func, file, text) => {
  expect(frameText({ function: func, file, line: 7 })).toBe(`${func} ${text}`);
});

const FRAMES = ["a", "b", "c", "d", "e", "f"].map((name, i) => ({ function: name, file: "x.go", line: i }));

test.each([
  [undefined, 4, "a b c d … 2 more"],
  [1, 4, "a b c d … 2 more"],
  [3, 4, "a b c d … 2 more"],
  [4, 4, "a b … 1 more d e … 1 more"],
  [5, 4, "a b … 2 more e f"],
  [5, 6, "a b c d e f"],
])("of a stack whose place is frame %s, %d frames are shown: %s", (at, most, text) => {
  const place = at === undefined ? {} : { place: FRAMES[at] };
  const lines = stackLines({ stack: FRAMES, ...place } as unknown as Finding, most);
  expect(lines.map((line) => line.replace(/ x\.go:\d$/, "")).join(" ")).toBe(text);
});
