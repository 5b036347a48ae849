// What Perfetto's Python package starts as trace_processor_shell: the WebAssembly engine behind the shell's HTTP interface,
// for places where there is no native one. It is bundled into a script of its own before it is run.
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { concat, lengthDelimited, ProtoFields, varintField } from "./proto-fields.js";
import { startEngine } from "./trace-processor-engine.js";

// Methods of TraceProcessorRpc with the fields of their arguments and results, by Perfetto's trace_processor.proto.
const PARSE = { method: 1, args: 101, result: 201 };
const NOTIFY_EOF = { method: 2, args: undefined, result: 212 };
const QUERY = { method: 3, args: 103, result: 203 };
const STATUS = { method: 7, args: undefined, result: 210 };
const STREAM_MSG = 1;
const RPC_REQUEST = 2;

const ROUTES: Readonly<Record<string, typeof PARSE | typeof NOTIFY_EOF>> = {
  "/parse": PARSE,
  "/notify_eof": NOTIFY_EOF,
  "/query": QUERY,
  "/status": STATUS,
};

const engine = await startEngine();

async function answer(request: IncomingMessage): Promise<Uint8Array> {
  const route = ROUTES[request.url ?? ""];
  if (route === undefined) throw new Error(`the engine is not asked for ${request.url} here`);
  const body = await buffer(request);
  const args = route.args === undefined ? new Uint8Array() : lengthDelimited(route.args, body);
  const rpc = concat([varintField(RPC_REQUEST, route.method), args]);
  const messages = new ProtoFields(engine.request(lengthDelimited(STREAM_MSG, rpc))).messages(STREAM_MSG);
  // Parts of a streamed result are the whole one, end to end.
  return concat(messages.flatMap((message) => message.all(route.result)));
}

const port = Number(process.argv[process.argv.indexOf("--http-port") + 1]);
const server = createServer((request, response) => {
  answer(request).then(
    (bytes) => response.end(bytes),
    (error) => response.writeHead(500).end(String(error)),
  );
});
// The package asks again on the same connection, however long it has other things to do.
server.keepAliveTimeout = 0;
server.listen(port, "127.0.0.1");
