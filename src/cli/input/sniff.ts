// biome-ignore-all lint/suspicious/noControlCharactersInRegex: that is how many formats begin

/** Bytes that {@link sniff} looks at. A tar file says only behind its 257th byte what it is. */
export const SNIFFED = 512;
/** Bytes that are shown of what nothing is known about. */
const SHOWN = 16;

/** What a file that is no trace seems to be, and what to do about it. */
export interface Sniffed {
  readonly is: string;
  readonly advice: string;
}

interface Kind extends Sniffed {
  /** How it begins, each byte a character. */
  readonly looks: RegExp;
}

const DECOMPRESS = "Decompress it first, or compress it with gzip.";
const GO_TEST = "go test -trace trace.out writes one.";
const PPROF = "go tool pprof reads it; a trace comes from /debug/pprof/trace or go test -trace.";

/** The first that fits holds. */
const KINDS: readonly Kind[] = [
  {
    looks: /^$/,
    is: "it is empty",
    advice: "Was the program stopped before it wrote anything? trace.Stop writes the rest.",
  },
  {
    looks: /^\s*(\xef\xbb\xbf)?<(!doctype|!--|html|head|body|\?xml)/i,
    is: "it is a web page",
    advice: "Did the URL answer with a page? curl -f fails then instead of saving it.",
  },
  {
    looks: /^\xff\xfe|^\xfe\xff/,
    is: "it is text in UTF-16, which PowerShell's > makes of everything",
    advice: "Let the program write the file itself: go test -trace FILE, curl -o FILE.",
  },
  {
    looks: /^[\s\S]{1,64}go 1\.\d+ trace\0/,
    is: "other bytes stand before a trace's beginning",
    advice: 'Remove what stands before "go 1.": a trace begins with it.',
  },
  {
    looks: /^go 1?\.?\d*( t?r?a?c?e?)?\0*$/,
    is: "it is cut within the first 16 bytes",
    advice: "Was the program stopped before it wrote anything, or is the disk full?",
  },
  {
    looks: /^\s*(\{\s*"(traceEvents|displayTimeUnit|stackFrames)"|\[\s*\{\s*"(name|ph|cat|ts|pid|tid|args)")/,
    is: "it is a Chrome trace in JSON",
    advice: "ui.perfetto.dev opens it as it is.",
  },
  {
    looks: /^\{"(Time":"[^"]*",")?Action":/,
    is: "it is what go test -json prints",
    advice: GO_TEST,
  },
  {
    looks: /^\s*(\{\s*["}]|\[\s*["{\]])/,
    is: "it is JSON",
    advice: GO_TEST,
  },
  {
    // Its first field is a message of two numbers, the type and unit of samples or of the period (Z): the latter in
    // heap profiles as Go's runtime writes them. In its CPU profiles the time (H) stands before.
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
    is: "it is compressed, but not by gzip",
    advice: DECOMPRESS,
  },
  { looks: /^PK\x03\x04|^7z\xbc\xaf/, is: "it is an archive", advice: "Give the trace file in it." },
  {
    looks: /^[\s\S]{257}ustar/,
    is: "it is a tar archive",
    advice: "Give the trace file in it: tar -xOf ARCHIVE FILE writes it.",
  },
  {
    looks: /^(\x7fELF|MZ|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe)/,
    is: "it is a program",
    advice: "Give the file that the program writes its trace to; go test -trace leaves both in the folder.",
  },
  {
    looks: /^could not enable tracing/i,
    is: "it is the answer of a server that could not begin a trace",
    advice: "Another trace was being taken there: try again when that is done.",
  },
  {
    looks: /^404|^.{0,40}not found|^HTTP\/\d/i,
    is: "it looks like the answer of a server that has no trace",
    advice: "Is net/http/pprof imported, and the path /debug/pprof/trace?",
  },
  {
    looks: /^(=== RUN|--- (PASS|FAIL)|PASS\b|FAIL\b|ok {2}|goos: |\?? *\t.*\[no test files\])/,
    is: "it is what go test prints",
    advice: GO_TEST,
  },
];

/** Looks at the beginning of what is not a trace. @param start its first bytes, decompressed */
export function sniff(start: Uint8Array): Sniffed {
  const text = String.fromCharCode(...start.subarray(0, SNIFFED));
  return KINDS.find(({ looks }) => looks.test(text)) ?? unknown(start);
}

function unknown(start: Uint8Array): Sniffed {
  const shown = JSON.stringify(new TextDecoder().decode(start.subarray(0, SHOWN)));
  return {
    is: `it starts with ${shown}`,
    advice: 'A trace starts with "go 1.": go test -trace and runtime/trace write one.',
  };
}
