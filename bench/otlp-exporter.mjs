// Sends ready-made spans by OpenTelemetry's exporter alone, one request after the other, and prints the seconds that took:
// the most that a program with these spans could reach. usage: otlp-exporter.mjs TRACE URL PROTOCOL COUNT
import { ExportResultCode } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { openTraceFile } from "../dist/node.js";
import { SpanSink } from "../dist/otlp.js";

const BATCH = 2048;
/** Distinct requests; they come again, as a million spans do not fit into memory. */
const REQUESTS = 32;

const [, , path, url, protocol, count] = process.argv;
const { OTLPTraceExporter } = await import(
  `@opentelemetry/exporter-trace-otlp-${protocol === "http/json" ? "http" : "proto"}`
);
const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
const requests = await readyRequests();
const start = performance.now();
let left = Number(count);
for (let i = 0; left > 0; i++) {
  const request = requests[i % requests.length].slice(0, left);
  left -= request.length;
  await send(request);
}
console.log((performance.now() - start) / 1000);
await exporter.shutdown();

async function readyRequests() {
  const trace = await openTraceFile(path);
  const ready = [];
  let sink;
  for await (const block of trace.blocks()) {
    if (block.generation === undefined) continue;
    sink ??= new SpanSink(
      {
        digest: new Uint8Array(32),
        wallStart: BigInt(Date.now()) * 1_000_000n,
        resource: resourceFromAttributes({ "service.name": "bench" }),
        runtimeResource: resourceFromAttributes({ "service.name": "bench/runtime" }),
        scope: { name: "bench" },
        states: "all",
        minBlock: 0,
        maxSpansPerTrace: 0,
      },
      trace.timeBase,
    );
    sink.events(block);
    ready.push(...sink.take());
    if (ready.length >= BATCH * REQUESTS) break;
  }
  await trace.close();
  return Array.from({ length: REQUESTS }, (_, i) => ready.slice(i * BATCH, (i + 1) * BATCH));
}

function send(spans) {
  return new Promise((resolve, reject) => {
    exporter.export(spans, ({ code, error }) => {
      if (code === ExportResultCode.SUCCESS) resolve();
      else reject(error);
    });
  });
}
