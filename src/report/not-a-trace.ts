// biome-ignore-all lint/suspicious/noControlCharactersInRegex: that is how many formats begin

import type { ReadingMessage } from "./reading-messages.js";

/** Bytes that {@link notATraceMessage} examines. A tar file has its signature at byte 257. */
export const NOT_A_TRACE_BYTES = 512;
/** How many bytes of an unknown file to show. */
const SHOWN = 16;

/** What a file other than a trace seems to be, and advice. */
interface Guess {
  readonly is: string;
  readonly advice: string;
  /** Other advice if a server sent it. */
  readonly serverAdvice?: string;
}

interface Kind extends Guess {
  /** Matches the beginning of such a file, one character per byte. */
  readonly looks: RegExp;
}

const DECOMPRESS = "Decompress it first, or compress it with gzip.";
const GO_TEST = "go test -trace trace.out writes a trace.";
const ADDRESS =
  "Check the URL: net/http/pprof sends traces at /debug/pprof/trace, and HOST:PORT is enough for it.";
const PPROF = "go tool pprof reads it. /debug/pprof/trace and go test -trace write traces.";

/** The first match counts. */
const KINDS: readonly Kind[] = [
  {
    looks: /^$/,
    is: "it is empty",
    advice: "Did the program stop before it wrote anything? trace.Stop writes the rest.",
  },
  {
    looks: /^\s*(\xef\xbb\xbf)?<(!doctype|!--|html|head|body|\?xml)/i,
    is: "it is a web page",
    advice: "Did the URL answer with a page? curl -f fails instead of saving it.",
    serverAdvice: ADDRESS,
  },
  {
    looks: /^\xff\xfe|^\xfe\xff/,
    is: "it is UTF-16 text, as PowerShell's > writes it",
    advice: "Let the program write the file: go test -trace FILE, curl -o FILE.",
  },
  {
    looks: /^[\s\S]{1,64}go 1\.\d+ trace\0/,
    is: "other bytes come before the trace",
    advice: 'Remove the bytes before "go 1.", with which a trace begins.',
  },
  {
    looks: /^go 1?\.?\d*( t?r?a?c?e?)?\0*$/,
    is: "it is cut within the first 16 bytes",
    advice: "Did the program stop before it wrote anything, or is the disk full?",
  },
  {
    looks: /^\s*(\{\s*"(traceEvents|displayTimeUnit|stackFrames)"|\[\s*\{\s*"(name|ph|cat|ts|pid|tid|args)")/,
    is: "it is a Chrome trace in JSON",
    advice: "ui.perfetto.dev opens it as it is.",
  },
  {
    looks: /^\{"(Time":"[^"]*",")?Action":/,
    is: "it is the output of go test -json",
    advice: GO_TEST,
  },
  {
    looks: /^\s*(\{\s*["}]|\[\s*["{\]])/,
    is: "it is JSON",
    advice: GO_TEST,
    serverAdvice: ADDRESS,
  },
  {
    // The first field is a message of two numbers: the type and unit of samples, or of the period (Z) in heap
    // profiles of Go's runtime. In the runtime's CPU profiles the time (H) precedes it.
    looks: /^(H[\x80-\xff]{7,9}[\0-\x7f])?[\nZ][\x04-\x08]\x08[\x80-\xff]{0,2}[\0-\x7f]\x10/,
    is: "it is a pprof profile",
    advice: PPROF,
  },
  {
    looks: /^(heap|goroutine|threadcreate|allocs) profile:|^--- (contention|mutex|block)|^cycles\/second=/,
    is: "it is a pprof profile as text",
    advice: PPROF,
  },
  {
    looks: /^\n(?=[\s\S]{0,64}[^\t\n\r\x20-\x7e])/,
    is: "it may be a Perfetto trace",
    advice: "ui.perfetto.dev opens it as it is.",
  },
  { looks: /^\x1f\x8b/, is: "it is compressed more than once", advice: "Decompress it first." },
  {
    looks: /^(\x28\xb5\x2f\xfd|\xfd7zXZ\0|BZh[1-9]|\x04\x22\x4d\x18)/,
    is: "it is compressed, but not with gzip",
    advice: DECOMPRESS,
  },
  { looks: /^PK\x03\x04|^7z\xbc\xaf/, is: "it is an archive", advice: "Extract the trace file." },
  {
    looks: /^[\s\S]{257}ustar/,
    is: "it is a tar archive",
    advice: "Extract the trace file: tar -xOf ARCHIVE FILE.",
  },
  {
    looks: /^(\x7fELF|MZ|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe)/,
    is: "it is a program",
    advice: "Give the trace file instead. go test -trace leaves both in the folder.",
  },
  {
    looks: /^could not enable tracing/i,
    is: "it is the answer of a server that could not start a trace",
    advice: "The program was already being traced. Try again later.",
  },
  {
    looks: /^404|^.{0,40}not found|^HTTP\/\d/i,
    is: "it looks like the answer of a server without traces",
    advice: "Check that the program imports net/http/pprof and that the path is /debug/pprof/trace.",
  },
  {
    looks: /^(=== RUN|--- (PASS|FAIL)|PASS\b|FAIL\b|ok {2}|goos: |\?? *\t.*\[no test files\])/,
    is: "it is the output of go test",
    advice: GO_TEST,
  },
];

/**
 * Why a file cannot be opened that is no trace.
 * @param start its first bytes, decompressed
 * @param compressed whether they had to be
 * @param isSent whether a server sent them
 */
export function notATraceMessage(
  name: string,
  start: Uint8Array,
  compressed: boolean,
  isSent = false,
): ReadingMessage {
  const { is, advice, serverAdvice = advice } = notATrace(start);
  return {
    text: `${name} is not a Go execution trace: ${compressed ? "decompressed, " : ""}${is}`,
    advice: isSent ? serverAdvice : advice,
  };
}

/** Guesses what a file other than a trace is. @param start its first bytes, decompressed */
function notATrace(start: Uint8Array): Guess {
  const text = String.fromCharCode(...start.subarray(0, NOT_A_TRACE_BYTES));
  return KINDS.find(({ looks }) => looks.test(text)) ?? unknown(start);
}

function unknown(start: Uint8Array): Guess {
  const shown = JSON.stringify(new TextDecoder().decode(start.subarray(0, SHOWN)));
  return {
    is: `it starts with ${shown}`,
    advice: 'A trace starts with "go 1.". go test -trace and runtime/trace write traces.',
    serverAdvice: ADDRESS,
  };
}
