export { GoSink, type GoTraceOptions } from "./sink/go/go-sink.js";
