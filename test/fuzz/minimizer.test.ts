import { expect, test } from "vitest";
import { TraceBuilder, wireBytes, wireString } from "../support/trace-builder.js";
import { minimized } from "./minimizer.js";

const trace = new TraceBuilder(22)
  .strings(wireString(1, "one"), wireString(2, "two"), wireString(3, "three"))
  .frequency()
  .batch(
    1,
    5,
    wireBytes("ProcStatus", 1, 0, 1),
    wireBytes("GoStatus", 1, 7, 1, 2),
    wireBytes("HeapAlloc", 1, 77),
  )
  .batch(2, 5, wireBytes("ProcStatus", 1, 1, 1))
  .bytes();

const has = (bytes: Uint8Array, part: Uint8Array) => Buffer.from(bytes).includes(Buffer.from(part));

test("what is left of an input is what makes it fail", async () => {
  const needed = wireString(2, "two");
  const small = await minimized(trace, async (bytes) => has(bytes, needed));
  expect(has(small, needed)).toBe(true);
  expect(small.length).toBe(16 + needed.length);
});

test("an input of which every part is needed stays as it is", async () => {
  expect(await minimized(trace, async (bytes) => bytes.length >= trace.length)).toEqual(trace);
});

test("no more inputs are tried than may be", async () => {
  let tries = 0;
  await minimized(trace, async () => ++tries > 1e6, 25);
  expect(tries).toBe(25);
});
