import { InvalidArgumentError, Option } from "commander";
import { isTraceUrl } from "../../report/trace-url.js";

/** `--trace-url`: where a viewer shows traces of the program's own tracing. */
export function traceUrlOption(): Option {
  return new Option(
    "--trace-url <URL>",
    "link tasks to the viewer of the program's own tracing, such as http://localhost:16686/trace/{trace_id}",
  ).argParser(parseTraceUrl);
}

function parseTraceUrl(text: string): string {
  if (!isTraceUrl(text)) {
    throw new InvalidArgumentError("It is not an http or https URL with {trace_id} in it.");
  }
  return text;
}
