import { InvalidArgumentError, Option } from "commander";
import { DEFAULT_MAX_SPANS, DEFAULT_STATES, STATE_CHOICES } from "../../../sink/otlp/options.js";
import { addAnonymizeOptions } from "../../options/anonymize.js";
import { tlsOptions } from "../../options/capture.js";
import { addCommonOptions } from "../../options/common.js";
import { addSelectionOptions } from "../../options/selection.js";
import { collected, parseName, parseSize, parseTime } from "../../options/values.js";
import type { CommandDescription } from "../description.js";
import { COMPRESSIONS, type OtlpOptions, PROTOCOLS, type StartTime } from "./options.js";

/** The latest time in signed 64 bits, in nanoseconds since 1970. */
const LATEST = 2n ** 63n - 1n;

/** `go2perfetto otlp IN` */
export const otlp: CommandDescription<OtlpOptions> = {
  name: "otlp",
  summary: "send spans to an OpenTelemetry collector or Jaeger",
  description:
    "Sends spans to an OTLP endpoint, such as an OpenTelemetry collector or Jaeger: tasks, regions, goroutines and their waits, GC and stop-the-world.",
  addOptions(command) {
    command
      .addOption(
        new Option(
          "--endpoint <URL>",
          "the endpoint, without /v1/traces (default: http://localhost:4318, of gRPC http://localhost:4317)",
        ).argParser(parseName),
      )
      .addOption(new Option("--protocol <NAME>", "of OTLP (default: http/protobuf)").choices(PROTOCOLS))
      .addOption(
        new Option(
          "--header <H>",
          "a header for the endpoint, as 'Name: value'; may be given more than once",
        ).argParser(collected),
      )
      .addOption(new Option("--compression <NAME>", "of requests (default: none)").choices(COMPRESSIONS))
      .addOption(
        new Option("--timeout <D>", "for a request with its retries (default: 10s)").argParser(parseTimeout),
      );
    for (const option of tlsOptions("of https, for the endpoint and IN")) command.addOption(option);
    command
      .addOption(new Option("--service-name <NAME>", "name of the program").argParser(parseName))
      .addOption(
        new Option(
          "--resource-attribute <K=V>",
          "an attribute of the program, such as deployment.environment.name=test; may be given more than once",
        ).argParser(parseAttribute),
      )
      .addOption(
        new Option(
          "--states <WHICH>",
          "states of goroutines to send as spans: blocked: waits and system calls; all: runnable too; none",
        )
          .choices(STATE_CHOICES)
          .default(DEFAULT_STATES),
      )
      .addOption(
        new Option(
          "--min-block <D>",
          "count shorter states in sums instead of sending spans (default: 100us)",
        ).argParser(parseTime),
      )
      .addOption(
        new Option(
          "--max-spans-per-trace <N>",
          `send the longest N spans of each trace, of a stream the first N; 0: all (default: ${DEFAULT_MAX_SPANS})`,
        ).argParser(parseLimit),
      )
      .addOption(
        new Option(
          "--max-request-bytes <SIZE>",
          "the largest request, before compression; a single larger span is sent nevertheless (default: 3MiB)",
        ).argParser(parseRequestSize),
      )
      .option("--only-linked", "send only spans below those of the program's own tracing")
      .addOption(
        new Option(
          "--start-time <T>",
          "when the trace began, for traces before Go 1.25: an RFC 3339 time, now, or mtime (the trace ended when the file was last written)",
        ).argParser(parseStartTime),
      )
      .option("--dry-run", "report what would be sent, and send nothing")
      .addOption(
        new Option("-o, --output <OUT>", "write OTLP/JSON lines to a file, FOLDER/ or - instead of sending")
          .argParser(parseName)
          .conflicts("dryRun"),
      )
      .addOption(
        new Option(
          "--ui <URL>",
          "print the addresses of a search and of each trace in the Jaeger at this URL",
        ).argParser(parseUi),
      );
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addCommonOptions(command);
  },
  help: `
Each tree of tasks is a trace, with its regions and logs. Everything else is one more trace, with a span for each goroutine.
Where the program logs ids of its own tracing (trace.Log(ctx, "traceparent", …)), the task gets into that trace, below that span.
The environment variables of OpenTelemetry's exporters (OTEL_EXPORTER_OTLP_ENDPOINT, …_HEADERS, …_CERTIFICATE,
OTEL_SERVICE_NAME and so on) apply where an option is missing. The exit code is 1 if the endpoint
did not accept a span; a server behind it may reject spans later.

Examples:
  go2perfetto otlp trace.out             to http://localhost:4318
  go2perfetto otlp trace.out --service-name shop --ui http://localhost:16686
  go2perfetto otlp trace.out --only-linked
  go2perfetto otlp trace.out --states all --min-block 0 --dry-run
  go2perfetto otlp trace.out --endpoint https://otlp.example --header 'Authorization: Bearer …'
  go2perfetto otlp trace.out --protocol grpc     to http://localhost:4317
  go2perfetto otlp trace.out -o spans.jsonl
  go2perfetto otlp localhost:6060 --seconds 60`,
  run: async ([path = ""], options) => (await import("./otlp.js")).otlpCommand(path, options),
};

/** Parses a point in time. @returns nanoseconds since 1970 @throws InvalidArgumentError */
function parseStartTime(text: string): StartTime {
  if (text === "mtime" || text === "now") return text;
  const form = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;
  const [, seconds, fraction = "", zone] = form.exec(text) ?? [];
  const shown = seconds?.toUpperCase().replace(" ", "T");
  const milliseconds = shown === undefined ? Number.NaN : Date.parse(`${shown}${zone}`);
  if (shown === undefined || Number.isNaN(milliseconds) || !isReal(shown)) {
    throw new InvalidArgumentError("It is not mtime, now or a time such as 2025-11-24T10:30:00.5Z.");
  }
  const time = BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  if (time < 0n || time > LATEST) throw new InvalidArgumentError("It is not between 1970 and 2262.");
  return time;
}

/** Whether the day and hour exist. JavaScript reads February 30 as March 2, and 24:00 as the next day. */
function isReal(shown: string): boolean {
  return new Date(`${shown}Z`).toISOString().startsWith(shown);
}

function parseTimeout(text: string): number {
  const time = parseTime(text);
  if (time < 1e6) throw new InvalidArgumentError("It is less than a millisecond.");
  return time;
}

/** Parses the size of a request. @throws InvalidArgumentError */
function parseRequestSize(text: string): number {
  const size = parseSize(text);
  if (size === 0) throw new InvalidArgumentError("A request cannot be empty.");
  return size;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(limit)) {
    throw new InvalidArgumentError("It is not a whole number.");
  }
  return limit;
}

function parseAttribute(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError("It is not KEY=VALUE.");
  return { ...before, [key]: value };
}

function parseUi(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError("It is not a URL such as http://localhost:16686.");
  }
  return text.replace(/\/+$/, "");
}
