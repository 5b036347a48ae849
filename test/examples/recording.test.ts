// @module-tag long

import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { go2perfetto } from "../cli/command.js";
import { commandsOf, copyOf, haveCommand, runCommands } from "../support/examples.js";
import { freePort } from "../support/free-port.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { TraceProcessor } from "../support/trace-processor.js";

const part = "examples that record traces";
const available = haveCommand("go", part) && haveCommand("curl", part) && (await haveTraceProcessor(part));

describe.runIf(available)("the commands of examples/recording", () => {
  const folder = copyOf("recording");
  const blocks = commandsOf("recording");
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
  });

  test.each([
    ["runtime-trace", "main.handleOrders.func1", 8],
    ["go-test", "go-test.Parallel.func1", 8],
    ["http-pprof", "main.keepBusy.func1", 10],
    ["flight-recorder", "main.handleOrder.func1", 2],
  ])("record and convert a trace that shows what the program did: %s", async (name, goroutine, count) => {
    const commands = blocks.filter((block) => block.includes(`${name}.pftrace`));
    expect(commands).toHaveLength(1);
    // The toolchain that the module asks for is fetched if this one is older.
    runCommands((commands[0] as string).replaceAll("localhost:6060", `localhost:${port}`), folder);
    const processor = await TraceProcessor.load(join(folder, `${name}.pftrace`));
    expect(processor.problems()).toEqual([]);
    const [row] = processor.query<{ n: number }>(
      `select count(distinct utid) as n from thread join sched using (utid) where name = '${goroutine}'`,
    );
    expect(row?.n).toBeGreaterThanOrEqual(count);
    processor.close();
  });

  test("the flight recorder answers with a trace too, which shows the slow request", () => {
    const asked = join(folder, "asked.trace");
    const args = ["check", asked, "--goroutine", "main.handleOrder.func1", "--assert"];
    const { code, stdout } = go2perfetto([...args, 'block["sleep"].max >= 100ms']);
    expect([code, stdout.toString()]).toEqual([0, expect.stringMatching(/^ok/)]);
  });

  test("the annotations of runtime/trace are slices", async () => {
    const processor = await TraceProcessor.load(join(folder, "runtime-trace.pftrace"));
    const names = processor.query<{ name: string; n: number }>(
      "select name, count(*) as n from slice where name in ('order', 'price', 'pack') group by name order by name",
    );
    expect(names).toEqual(["order", "pack", "price"].map((name) => ({ name, n: 8 })));
    processor.close();
  });
});
