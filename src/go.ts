export { GoSink, type GoTraceOptions } from "./sink/go/go-sink.js";
export { SlimSink } from "./sink/go/slim-sink.js";
