import { join } from "node:path";
import { expect, test } from "vitest";
import { ServedTrace } from "../../../../src/cli/commands/open/served-trace.js";
import { emptyFolder } from "../../command.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const newTrace = () => ServedTrace.create(join(emptyFolder(), "trace.pftrace"));

/** What a download has got so far. */
async function next(content: AsyncGenerator<Uint8Array>): Promise<string | undefined> {
  const { value } = await content.next();
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

test("a download gets what is written, and ends when the trace is complete", async () => {
  const trace = await newTrace();
  const content = trace.content();
  const first = next(content);
  await trace.write(bytes("ab"));
  expect([await first, trace.size]).toEqual(["ab", undefined]);
  const second = next(content);
  await trace.write(bytes("cd"));
  await trace.close();
  const late = trace.content();
  expect([await second, await next(content), await next(late), trace.size]).toEqual([
    "cd",
    undefined,
    "abcd",
    4,
  ]);
  await late.return(undefined);
});

test("a download fails when the trace is discarded", async () => {
  const trace = await newTrace();
  const content = trace.content();
  await trace.write(bytes("ab"));
  expect(await next(content)).toBe("ab");
  const rest = next(content);
  await trace.discard();
  await expect(rest).rejects.toThrow("the conversion failed");
});

test.each([
  [false, true],
  [true, false],
])("a viewer that needs the whole trace (%s) can start with the first bytes: %s", async (whole, early) => {
  const trace = await newTrace();
  let isReady: boolean | undefined;
  const told = trace.ready(whole).then((ready) => {
    isReady = ready;
  });
  await trace.write(bytes("ab"));
  expect(isReady).toBe(early ? true : undefined);
  await trace.close();
  await told;
  expect(isReady).toBe(true);
});

test("no viewer starts without bytes", async () => {
  const trace = await newTrace();
  const ready = trace.ready(false);
  await trace.discard();
  expect(await ready).toBe(false);
});
