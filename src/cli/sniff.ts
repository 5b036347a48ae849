// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how gzip begins
const GZIP = /^\x1f\x8b/;
const ADVICE: readonly { readonly looks: RegExp; readonly is: string; readonly advice: string }[] = [
  {
    looks: /^$/,
    is: "it is empty",
    advice: "Was the program stopped before it wrote anything? trace.Stop writes the rest.",
  },
  {
    looks: /^\s*<(!doctype|html|\?xml)/i,
    is: "it is a web page",
    advice: "Did the URL answer with a page? curl -f fails then instead of saving it.",
  },
  {
    looks: /^\s*go 1\.\d+ trace\0*\r\n|^go 1\.\d+ trace[\s\S]*\r\n/,
    is: "it looks like a trace that was changed as if it were text",
    advice: "Copy it again in binary mode.",
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
    looks: /^\s*(\{\s*"(traceEvents|displayTimeUnit|stackFrames)"|\[\s*\{\s*"(name|ph|cat)")/,
    is: "it is a Chrome trace in JSON",
    advice: "ui.perfetto.dev opens it as it is.",
  },
  {
    looks: /^\n[\s\S]{1,10}/,
    is: "it may be a Perfetto trace",
    advice: "ui.perfetto.dev opens it as it is.",
  },
  { looks: GZIP, is: "it is compressed more than once", advice: "Decompress it first." },
  {
    looks: /^404|not found|^HTTP\/\d/i,
    is: "it looks like the answer of a server that has no trace",
    advice: "Is net/http/pprof imported, and the path /debug/pprof/trace?",
  },
];

/** What a file that is no trace seems to be, and what to do about it. */
export interface Sniffed {
  readonly is: string;
  readonly advice: string;
}

/**
 * Looks at the beginning of what is not a trace.
 * @param start its first bytes, decompressed
 * @param compressed whether it was compressed
 */
export function sniff(start: Uint8Array, compressed: boolean): Sniffed {
  const text = String.fromCharCode(...start.subarray(0, 256));
  // A pprof profile is a gzipped protobuf message that begins with its sample types.
  if (compressed && start[0] === 0x0a && (start[1] ?? 0) < 0x20) {
    return { is: "it is a pprof profile", advice: "go tool pprof reads it." };
  }
  const found = ADVICE.find(({ looks }) => looks.test(text));
  if (found !== undefined) return found;
  const shown = JSON.stringify(text.slice(0, 16));
  return {
    is: `it starts with ${shown}`,
    advice: 'A trace starts with "go 1.": go test -trace and runtime/trace write one.',
  };
}
