import { join } from "node:path";
import { expect, test } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { eventText } from "../../src/sink/text/event-text.js";
import { FIXTURES } from "../support/corpus.js";
import { spansOfTrace } from "../support/otlp/sink-spans.js";
import { convertedPart, fullSink, jsonSink } from "../support/parts.js";

/** By hand, as Go quotes the bytes. */
const MESSAGES = ["\\x9a\\xff\\x00\\x80\\xc3(\\x00\\x01", "\\x9b\\xff\\x00\\x81\\xc4(\\x00\\x01"];
const open = () => openTraceFile(join(FIXTURES, "field", "g_log_bytes.trace"));

test("logs of raw bytes are the same text in spans, .pftrace, JSON and dump", async () => {
  const { spans } = await spansOfTrace(await open());
  const events = spans.flatMap((span) => span.events);
  expect(events.map(({ attributes }) => attributes["go.log.message"])).toEqual(MESSAGES);

  const pftrace = Buffer.from((await convertedPart(await open(), fullSink)).bytes);
  const json = Buffer.from((await convertedPart(await open(), jsonSink)).bytes).toString();
  let dump = "";
  for await (const block of (await open()).blocks())
    for (let i = 0; i < block.length; i++) dump += `${eventText(block, i)}\n`;
  for (const message of MESSAGES) {
    expect(pftrace.includes(message)).toBe(true);
    expect(json).toContain(JSON.stringify(message).slice(1, -1));
    expect(dump).toContain(`message=${JSON.stringify(message)}`);
  }
});
