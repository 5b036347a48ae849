// A sink of one's own: when each goroutine was created, and by whom, as CSV.
//
//     node examples/library/custom-sink.mjs trace.out > goroutines.csv
import { ByteWriter, convert, EventKind, NONE } from "go2perfetto";
import { openTraceFile } from "go2perfetto/node";

class GoroutineCsv {
  output = new ByteWriter();

  start() {
    this.#line("ns,creator,goroutine,function");
  }

  events(block) {
    for (let i = 0; i < block.length; i++) {
      if (block.kind[i] !== EventKind.GoCreate) continue;
      const creator = block.goroutine[i] === NONE ? "" : block.goroutine[i];
      const frames = block.generation.stacks.frames(block.subjectStack[i]);
      this.#line(`${block.time[i]},${creator},${block.subject[i]},"${frames[0]?.func ?? ""}"`);
    }
  }

  end({ lost }) {
    for (const what of lost) console.error(`lost: ${what}`);
  }

  #line(text) {
    this.output.bytes(new TextEncoder().encode(`${text}\n`));
  }
}

const write = (bytes) => new Promise((resolve) => process.stdout.write(bytes.slice(), resolve));
await convert(await openTraceFile(process.argv[2]), new GoroutineCsv(), { write });
