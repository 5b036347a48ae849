import { expect, test } from "vitest";
import type { Finding } from "../../src/analysis/explain/finding.js";
import { frameText, stackLines } from "../../src/report/finding-text.js";

const TOOLCHAIN = "/root/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.27.1.linux-amd64";

test.each([
  ["sync.(*Mutex).Lock", `${TOOLCHAIN}/src/sync/mutex.go`, "sync/mutex.go:7"],
  ["net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go", "net/http/server.go:7"],
  ["sync.(*Mutex).Lock", "sync/mutex.go", "sync/mutex.go:7"],
  ["a.io/b.F", "/root/go/pkg/mod/a.io/b@v1.2.3/f.go", "a.io/b@v1.2.3/f.go:7"],
  ["main.main", "/home/me/src/shop/main.go", "/home/me/src/shop/main.go:7"],
  ["image.Draw", "/home/me/image/draw.go", "/home/me/image/draw.go:7"],
])("a frame of %s in %s has the file %s", (func, file, text) => {
  expect(frameText({ function: func, file, line: 7 })).toBe(`${func} ${text}`);
});

const FRAMES = [..."abcdefgh"].map((name, i) => ({ function: name, file: "x.go", line: i }));

test.each([
  [undefined, undefined, 4, "a b c d … 4 more"],
  [1, undefined, 4, "a b c d … 4 more"],
  [3, undefined, 4, "a b c d e … 3 more"],
  [4, undefined, 4, "a … 2 more d e f … 2 more"],
  [7, undefined, 4, "a b … 4 more g h"],
  [7, undefined, 8, "a b c d e f g h"],
  [1, 4, 4, "a b c d e … 3 more"],
  [1, 7, 4, "a b c … 4 more h"],
  [4, 7, 4, "a … 2 more d e … 2 more h"],
])("of a stack whose place is frame %s, called from %s, %d frames are shown: %s", (at, from, most, text) => {
  const place = at === undefined ? {} : { place: FRAMES[at] };
  const caller = from === undefined ? {} : { caller: FRAMES[from] };
  const lines = stackLines({ stack: FRAMES, ...place, ...caller } as unknown as Finding, most);
  expect(lines.map((line) => line.replace(/ x\.go:\d$/, "")).join(" ")).toBe(text);
});
