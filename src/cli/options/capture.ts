import { type Command, InvalidArgumentError, Option } from "commander";
import { traceUrl } from "../connection/trace-url.js";
import { collected, parseName, parseTime } from "./values.js";

/** The options of a capture from a server. */
export interface CaptureOptions {
  /** How long the server captures. */
  readonly seconds?: number;
  /** Whether the server also takes a CPU profile. */
  readonly profile?: boolean;
  readonly method?: "GET" | "POST";
  /** `NAME: VALUE` entries. */
  readonly header?: readonly string[];
  /** The file that keeps the bytes as they arrive. */
  readonly save?: string;
  /** Nanoseconds without data. */
  readonly timeout?: number;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
}

const NAMES = [
  "seconds",
  "profile",
  "method",
  "header",
  "save",
  "timeout",
  "ca",
  "cert",
  "key",
  "insecure",
] as const;
/** A day. A larger number is probably a mistaken unit. */
const MOST_SECONDS = 86_400;

/**
 * Adds the options to a command that reads captures. If the command already has an option of the same name, that one is
 * kept.
 */
export function addCaptureOptions(command: Command): void {
  addRequestOptions(command);
  command.addOption(
    new Option(
      "--save <RAW>",
      "of a URL: also keep the bytes as they arrive in this file, even if the connection breaks",
    ).argParser(parseName),
  );
}

/** Adds those about the request alone. */
export function addRequestOptions(command: Command): void {
  const taken = new Set(command.options.map(({ long }) => long));
  for (const option of requestOptions()) if (!taken.has(option.long)) command.addOption(option);
}

/** The TLS options. @param scope the connections that they apply to, for the help */
export function tlsOptions(scope: string): Option[] {
  const file = (flag: string, what: string) =>
    new Option(`${flag} <FILE>`, `${scope}: ${what}, as PEM`).argParser(parseName);
  return [
    file("--ca", "certificates of the authorities to trust"),
    file("--cert", "the client's certificate"),
    file("--key", "the key of --cert"),
    new Option("--insecure", `${scope}: trust any certificate`),
  ];
}

function requestOptions(): Option[] {
  return [
    new Option(
      "--seconds <N>",
      "of a URL: how long the server captures (default: the seconds in the URL, else 5 for /debug/pprof/trace; no other path gets a default)",
    ).argParser(parseSeconds),
    new Option(
      "--profile",
      "of /debug/pprof/trace: take a CPU profile too, so that the trace has CPU samples",
    ),
    new Option("--method <M>", "of a URL: POST for a flight recorder that wants it (default: GET)").choices([
      "GET",
      "POST",
    ]),
    new Option(
      "--header <H>",
      "of a URL: a header to send, as 'Name: value'; may be given more than once",
    ).argParser(collected),
    new Option("--timeout <D>", "of a URL: give up after this long without a byte (default: 30s)").argParser(
      parseTime,
    ),
    ...tlsOptions("of https"),
  ];
}

/** Names of the options that were set. */
export function givenCaptureOptions(options: CaptureOptions): string[] {
  return NAMES.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
}

/**
 * The options for trace number `index` of several. A file beside a URL gets no capture options. `--save` is
 * for the first URL only.
 */
export function optionsFor<Options extends CaptureOptions>(
  index: number,
  paths: readonly string[],
  options: Options,
): Options {
  const urls = paths.map((each) => traceUrl(each));
  const first = urls.findIndex((url) => url !== undefined);
  if (first < 0 || index === first) return options;
  const left: readonly string[] = urls[index] === undefined ? NAMES : ["save"];
  return Object.fromEntries(Object.entries(options).filter(([name]) => !left.includes(name))) as Options;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^[\d.]+$/.test(text) || !(seconds > 0 && seconds <= MOST_SECONDS)) {
    throw new InvalidArgumentError(`It is not a number of seconds above 0 and up to ${MOST_SECONDS}.`);
  }
  return seconds;
}
