import { describe, expect, it } from "vitest";
import {
  parseGoroutineSelector,
  parseTaskSelector,
  SelectorError,
} from "../../src/select/goroutine-selector.js";

describe("selectors of goroutines", () => {
  it.each([
    ["7", { id: 7 }],
    ["main.worker", { func: "main.worker" }],
    ["net/http.(*conn).serve", { func: "net/http.(*conn).serve" }],
    ["main.f[go.shape.struct { A int }]", { func: "main.f[go.shape.struct { A int }]" }],
    ["/^net\\/http/", { pattern: /^net\/http/ }],
    ["/a/b/", { pattern: /a\/b/ }],
    ["7a", { func: "7a" }],
  ])("%s", (text, selector) => expect(parseGoroutineSelector(text)).toEqual(selector));

  it.each([
    ["", "it is empty"],
    ["/", "it has no closing / at its end"],
    ["/worker", "it has no closing / at its end"],
    ["//", "it has nothing between the slashes"],
    ["/(/", "it is a bad regular expression: unterminated group"],
    ["99999999999999999999", "it is larger than any id"],
  ])("%j is none, and why is said", (text, why) => {
    expect(() => parseGoroutineSelector(text)).toThrow(new SelectorError(why));
  });
});

describe("selectors of tasks", () => {
  it("are an id or a type", () => {
    expect(parseTaskSelector("42")).toEqual({ id: 42 });
    expect(parseTaskSelector("/not/ a pattern")).toEqual({ type: "/not/ a pattern" });
    expect(() => parseTaskSelector("")).toThrow(SelectorError);
  });
});
