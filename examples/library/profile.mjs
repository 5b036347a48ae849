// Where do goroutines wait for channels and locks? A profile for `go tool pprof`, and its heaviest stacks.
//
//     node examples/library/profile.mjs trace.out sync.pb.gz
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { analyze, Profiles } from "go2perfetto";
import { openTraceFile } from "go2perfetto/node";
import { encodeProfile } from "go2perfetto/pprof";

const [path, out] = process.argv.slice(2);
const profiles = new Profiles({ kinds: ["sync"] });
const error = await analyze(await openTraceFile(path), [profiles]);
if (error !== undefined) console.error(`incomplete: ${error.message}`);

const profile = profiles.profile("sync");
writeFileSync(out, gzipSync(encodeProfile(profile)));
const heaviest = profile.samples.toSorted((a, b) => b.values[1] - a.values[1]).slice(0, 5);
for (const { stack, values, labels } of heaviest) {
  const [count, delay] = values;
  console.log(
    `${(delay / 1e6).toFixed(3).padStart(10)} ms, ${count} × ${labels.reason} in ${labels.goroutine}`,
  );
  for (const { func, line } of stack) console.log(`              ${func}:${line}`);
}
