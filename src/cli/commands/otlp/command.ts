import { type Command, InvalidArgumentError, Option } from "commander";
import {
  DEFAULT_MAX_SPANS,
  DEFAULT_STATES,
  STATE_CHOICES,
  type StateChoice,
} from "../../../sink/otlp/options.js";
import type { CommonOptions } from "../../input/reading.js";
import { tlsOptions } from "../../options/capture.js";
import { once, type SelectionOptions } from "../../options/selection.js";
import { parseName, parseTime } from "../../options/values.js";

export const PROTOCOLS = ["http/json", "http/protobuf"] as const;
export type Protocol = (typeof PROTOCOLS)[number];
export const COMPRESSIONS = ["gzip", "none"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** Most nanoseconds since 1970 that programs count, in 64 bits with a sign. */
const LATEST = 2n ** 63n - 1n;

/** When the trace began: a time in nanoseconds since 1970, or where to take it from. */
export type StartTime = bigint | "mtime" | "now";

/** The options that say which spans go where. */
export interface OtlpOptions extends CommonOptions, SelectionOptions {
  readonly endpoint?: string;
  readonly protocol?: Protocol;
  /** `NAME: VALUE`, each. */
  readonly header?: readonly string[];
  readonly compression?: Compression;
  /** In nanoseconds. */
  readonly timeout?: number;
  readonly serviceName?: string;
  readonly resourceAttribute?: Readonly<Record<string, string>>;
  readonly states: StateChoice;
  /** In nanoseconds. */
  readonly minBlock?: number;
  readonly maxSpansPerTrace?: number;
  readonly startTime?: StartTime;
  readonly dryRun?: boolean;
  readonly output?: string;
  readonly ui?: string;
}

/** Adds them to a command. */
export function addOtlpOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        "--endpoint <URL>",
        "where to send to; /v1/traces is added (default: http://localhost:4318)",
      ).argParser(once(parseName)),
    )
    .addOption(new Option("--protocol <NAME>", "encoding (default: http/protobuf)").choices(PROTOCOLS))
    .addOption(
      new Option(
        "--header <H>",
        "a header to send to the endpoint, as 'Name: value'; may be given more than once",
      ).argParser((text, before: string[] | undefined) => [...(before ?? []), text]),
    )
    .addOption(new Option("--compression <NAME>", "of what is sent (default: none)").choices(COMPRESSIONS))
    .addOption(
      new Option("--timeout <D>", "for a request, with all that is tried again (default: 10s)").argParser(
        once(parseTimeout),
      ),
    );
  for (const option of tlsOptions("of https, the endpoint's and IN's")) command.addOption(option);
  return command
    .addOption(new Option("--service-name <NAME>", "what the program is called").argParser(once(parseName)))
    .addOption(
      new Option(
        "--resource-attribute <K=V>",
        "says more of the program, such as deployment.environment.name=test; may be given more than once",
      ).argParser(parseAttribute),
    )
    .addOption(
      new Option(
        "--states <WHICH>",
        "states of goroutines that become spans: blocked: waits and system calls; all: runnable too; none",
      )
        .choices(STATE_CHOICES)
        .default(DEFAULT_STATES),
    )
    .addOption(
      new Option("--min-block <D>", "states shorter than this are only added up (default: 100us)").argParser(
        once(parseTime),
      ),
    )
    .addOption(
      new Option(
        "--max-spans-per-trace <N>",
        `the longest N spans of a trace, of a stream the first; 0: all (default: ${DEFAULT_MAX_SPANS})`,
      ).argParser(once(parseLimit)),
    )
    .addOption(
      new Option(
        "--start-time <T>",
        "when the trace began, if it does not say so (before Go 1.25): an RFC 3339 time, now, or mtime: it ended when the file was last written",
      ).argParser(once(parseStartTime)),
    )
    .option("--dry-run", "say what would be sent, and send nothing")
    .addOption(
      new Option("-o, --output <OUT>", "write OTLP/JSON lines to a file, FOLDER/ or -, instead of sending")
        .argParser(once(parseName))
        .conflicts("dryRun"),
    )
    .addOption(
      new Option("--ui <URL>", "print where Jaeger at this URL shows each trace").argParser(once(parseUi)),
    );
}

/** A point in time, in nanoseconds since 1970. @throws InvalidArgumentError */
function parseStartTime(text: string): StartTime {
  if (text === "mtime" || text === "now") return text;
  const form = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;
  const [, seconds, fraction = "", zone] = form.exec(text) ?? [];
  const shown = seconds?.toUpperCase().replace(" ", "T");
  const milliseconds = shown === undefined ? Number.NaN : Date.parse(`${shown}${zone}`);
  if (shown === undefined || Number.isNaN(milliseconds) || !isReal(shown)) {
    throw new InvalidArgumentError("It is none of mtime, now and times such as 2025-11-24T10:30:00.5Z.");
  }
  const time = BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  if (time < 0n || time > LATEST) throw new InvalidArgumentError("It is not between 1970 and 2262.");
  return time;
}

/** Whether there is such a day and hour: JavaScript takes February 30 for March 2, and 24:00 for the next day. */
function isReal(shown: string): boolean {
  return new Date(`${shown}Z`).toISOString().startsWith(shown);
}

function parseTimeout(text: string): number {
  const time = parseTime(text);
  if (time < 1e6) throw new InvalidArgumentError("It is less than a millisecond.");
  return time;
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
    throw new InvalidArgumentError("It is no URL such as http://localhost:16686.");
  }
  return text.replace(/\/+$/, "");
}
