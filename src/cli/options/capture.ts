import { type Command, InvalidArgumentError, Option } from "commander";
import type { TlsOptions } from "../../bytes/tls-options.js";
import type { TlsFiles } from "../connection/tls-files.js";
import { liveUrl } from "../connection/trace-url.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import { once } from "./selection.js";
import { parseName, parseTime } from "./values.js";

/** The options of who asks a server for a trace. */
export interface LiveOptions {
  /** How long the server captures. */
  readonly seconds?: number;
  /** `NAME: VALUE`, each. */
  readonly header?: readonly string[];
  /** The file that keeps the bytes as they arrive. */
  readonly save?: string;
  /** Nanoseconds of silence. */
  readonly timeout?: number;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
}

const NAMES = ["seconds", "header", "save", "timeout", "ca", "cert", "key", "insecure"] as const;
const HEADER = /^([\w!#$%&'*+.^`|~-]+)\s*:\s*(.*)$/s;
/** A day: nobody wants a longer trace, but may mistake the unit. */
const MOST_SECONDS = 86_400;

/** Adds them to a command, but those whose names it has for something of its own. */
export function addLiveOptions(command: Command): Command {
  const taken = new Set(command.options.map(({ long }) => long));
  for (const option of liveOptions()) if (!taken.has(option.long)) command.addOption(option);
  return command;
}

/** Those of TLS. @param scope what they are about, for the help */
export function tlsOptions(scope: string): Option[] {
  const file = (flag: string, what: string) =>
    new Option(`${flag} <FILE>`, `${scope}: ${what}, as PEM`).argParser(once(parseName));
  return [
    file("--ca", "who may have signed the server's certificate"),
    file("--cert", "the client's certificate"),
    file("--key", "the key of --cert"),
    new Option("--insecure", `${scope}: trust any certificate`),
  ];
}

function liveOptions(): Option[] {
  return [
    new Option(
      "--seconds <N>",
      "of a URL: how long the server captures (default: what the URL says, else 5)",
    ).argParser(once(parseSeconds)),
    new Option(
      "--header <H>",
      "of a URL: a header to send, as 'Name: value'; may be given more than once",
    ).argParser((text, before: string[] | undefined) => [...(before ?? []), text]),
    new Option(
      "--save <RAW>",
      "of a URL: keep the trace too, in the bytes that arrive, also if the connection breaks",
    ).argParser(once(parseName)),
    new Option("--timeout <D>", "of a URL: give up after so long a silence (default: 30s)").argParser(
      once(parseTime),
    ),
    ...tlsOptions("of https"),
  ];
}

/** Whether an option of a command is one of these. */
export function isLiveOption(option: Option): boolean {
  return NAMES.some((name) => option.long === `--${name}`);
}

/** Names of those that are given. */
export function givenLiveOptions(options: LiveOptions): string[] {
  return NAMES.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
}

/**
 * The options as they are for number `index` of several traces: without these for a file beside a URL, and with the file to save
 * to only for the first URL.
 */
export function optionsFor<Options extends LiveOptions>(
  index: number,
  paths: readonly string[],
  options: Options,
): Options {
  const urls = paths.map((each) => liveUrl(each));
  const first = urls.findIndex((url) => url !== undefined);
  if (first < 0 || index === first) return options;
  const left: readonly string[] = urls[index] === undefined ? NAMES : ["save"];
  return Object.fromEntries(Object.entries(options).filter(([name]) => !left.includes(name))) as Options;
}

/** The headers to send. @throws Failure, which does not repeat what may be a secret */
export function headersOf({ header = [] }: LiveOptions): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  header.forEach((text, i) => {
    const [, name, value] = HEADER.exec(text) ?? [];
    if (name === undefined || value === undefined || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      const message = `--header number ${i + 1} is none that HTTP has`;
      throw new Failure(message, "Write --header 'Name: value'.", { exitCode: ExitCode.Usage });
    }
    headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value];
  });
  return headers;
}

/** Reads the certificates and the key. @throws Failure if that fails */
export async function tlsOf(options: LiveOptions): Promise<TlsOptions> {
  const { readTlsFiles } = await import("../connection/tls-files.js");
  return readTlsFiles(
    { ...tlsFilesOf(options), insecure: options.insecure },
    "--cert and --key belong together",
  );
}

/** The files that the options name. */
export function tlsFilesOf({ ca, cert, key }: LiveOptions): Omit<TlsFiles, "insecure"> {
  const file = (option: string, path: string | undefined) =>
    path === undefined ? undefined : { option, path };
  return { ca: file("--ca", ca), cert: file("--cert", cert), key: file("--key", key) };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^[\d.]+$/.test(text) || !(seconds > 0 && seconds <= MOST_SECONDS)) {
    throw new InvalidArgumentError(`It is not a number of seconds from above 0 to ${MOST_SECONDS}.`);
  }
  return seconds;
}
