import { Extent, KIND_NAMES, kindInfo, Profiles, wallClockAt } from "go2perfetto";
import { encodeInPieces } from "go2perfetto/pprof";
import type { Product, Reading } from "../messages.js";
import { stem } from "./conversion.js";
import { OutputBlob } from "./output-blob.js";
import type { TraceFile } from "./trace-file.js";

/** All profiles of the chosen part of a trace, in one pass. Those without a sample are left out. */
export async function profiles(file: TraceFile): Promise<{ products: Product[]; reading: Reading }> {
  const { window, selection } = file.part;
  const found = new Profiles({
    kinds: KIND_NAMES,
    ...window,
    ...(selection && { goroutine: (id: number) => selection.goroutines.has(id) }),
  });
  const extent = new Extent();
  const trace = await file.whole();
  const error = await file.analyse(trace, [found, extent]);
  const start = found.clock && wallClockAt(found.clock, trace.timeBase + (window?.from ?? 0));
  const products: Product[] = [];
  for (const kind of KIND_NAMES) {
    const { about } = kindInfo(kind);
    const output = new OutputBlob();
    let samples = 0;
    const profile = found.stream(kind);
    const counted = function* () {
      for (const sample of profile.samples) {
        samples++;
        yield sample;
      }
    };
    const options = { start, comments: [`goroutines ${about}`] };
    for (const piece of encodeInPieces({ ...profile, samples: counted() }, options)) output.write(piece);
    if (samples === 0) continue;
    products.push({
      name: `${stem(file.title)}.${kind}.pb.gz`,
      about: `${kind}: ${about}`,
      blob: await output.gzip(),
    });
  }
  return { products, reading: file.reading(trace, extent.events, extent.duration, error) };
}
