import { httpUrl } from "../../../base/http-url.js";
import { usageFailure } from "../../process/failure.js";

/** The groups to expand. `sink/perfetto/tracks.ts` has their names; "CPU Scheduling" is Perfetto's. */
const EXPANDED = "^(CPU Scheduling|GC)$";

/** Parses the address of a Perfetto UI. @throws Failure if it is not a URL */
export function viewerAt(address: string): URL {
  const url = httpUrl(address);
  if (url === undefined) {
    throw usageFailure(
      `--ui ${address} is not a URL`,
      "Write --ui https://HOST/ for the Perfetto UI at that host.",
    );
  }
  url.hash = "";
  return url;
}

/**
 * A link that makes the viewer open a trace, with Ps, GC and heap in sight.
 * @param trace the address of the trace; absent if a page hands it over
 */
export function deepLink(viewer: URL, trace?: string): string {
  const commands = [{ id: "dev.perfetto.ExpandTracksByRegex", args: [EXPANDED] }];
  const link = new URL(viewer);
  const source = trace === undefined ? "" : `url=${encodeURIComponent(trace)}&`;
  link.hash = `!/?${source}startupCommands=${encodeURIComponent(JSON.stringify(commands))}`;
  return link.href;
}
