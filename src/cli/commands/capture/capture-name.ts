import { isPprofTrace } from "../../connection/trace-url.js";

/** Time as in {@link captureName}, in groups: date, time of day, milliseconds. */
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z$/;
const EXTENSION = ".trace";

/** What names of captures of a URL begin with: host and port, and the path unless it is that of net/http/pprof. */
export function captureStem(url: URL): string {
  const text = isPprofTrace(url) ? url.host : url.host + url.pathname;
  return text.replace(/[^\w.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
}

/** The name of a capture that begins at a time: `localhost-6060-20260131T115959.123Z.trace`. Names sort by time. */
export function captureName(stem: string, time: Date): string {
  return `${stem}-${time.toISOString().replace(/[-:]/g, "")}${EXTENSION}`;
}

/** The time in a name, in milliseconds; undefined if it is not the name of a capture with this stem. */
export function timeInName(stem: string, name: string): number | undefined {
  if (!name.startsWith(`${stem}-`) || !name.endsWith(EXTENSION)) return undefined;
  const text = name.slice(stem.length + 1, -EXTENSION.length);
  const time = Date.parse(text.replace(TIME, "$1-$2-$3T$4:$5:$6Z"));
  return TIME.test(text) && !Number.isNaN(time) ? time : undefined;
}
