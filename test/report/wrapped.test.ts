import { expect, test } from "vitest";
import { wrapped } from "../../src/report/wrapped.js";

test.each([
  ["one two three", 20, ["one two three"]],
  ["one two three", 13, ["one two three"]],
  ["one two three", 9, ["one two", "three"]],
  ["one two three", 7, ["one two", "three"]],
  ["a longest word", 5, ["a", "longe", "st", "word"]],
  ["", 5, [""]],
])("%j in %d columns", (text, width, lines) => expect(wrapped(text, width)).toEqual(lines));
