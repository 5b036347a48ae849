import { expect, test } from "vitest";
import { frameText } from "../../src/report/finding-text.js";

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
