import { describe, expect, it } from "vitest";
import { shortFunction } from "../../src/event/short-function.js";

describe("the short name of a function", () => {
  it.each([
    ["main.worker", "main.worker"],
    ["net/http.(*conn).serve", "http.(*conn).serve"],
    ["github.com/dgraph-io/badger/v4.(*DB).doWrites.gowrap1", "badger.(*DB).doWrites.gowrap1"],
    ["github.com/dgraph-io/badger/v4/skl.grow", "skl.grow"],
    ["gopkg.in/yaml%2ev3.Unmarshal", "yaml.v3.Unmarshal"],
    ["example.com/v2.Run", "example.com.Run"],
    [
      "main.each[go.shape.struct { example.com/a/v2.X int }]",
      "main.each[go.shape.struct { example.com/a/v2.X int }]",
    ],
  ])("of %s is %s", (func, title) => expect(shortFunction(func)).toBe(title));
});
