import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";

/** The viewer that most people have. */
export const PUBLIC_VIEWER = "https://ui.perfetto.dev";

/** Tracks to look at first, in sight wherever one scrolls to; see the names in `sink/perfetto/tracks.ts`. */
const PINNED = "^(GC|Stop the world|Heap|Heap goal|Goroutines running|Goroutines runnable)$";
/** Groups that are closed at first, but hold what every trace has. */
const EXPANDED = "^(Go runtime|CPU Scheduling)$";

/** The address of a Perfetto UI. @throws Failure if it is none */
export function viewerAt(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const message = `--ui ${address} is no address of a viewer`;
    throw new Failure(message, "Write --ui https://HOST/, where Perfetto's UI is.", {
      exitCode: ExitCode.Usage,
    });
  }
  url.hash = "";
  return url;
}

/**
 * The link that has a viewer open a trace, and show what a Go program's trace is looked at for.
 * @param trace the address to fetch it from; absent if it is handed over
 */
export function deepLink(viewer: URL, trace?: string): string {
  const commands = [
    { id: "dev.perfetto.ExpandTracksByRegex", args: [EXPANDED] },
    { id: "dev.perfetto.PinTracksByRegex", args: [PINNED] },
  ];
  const link = new URL(viewer);
  const source = trace === undefined ? "" : `url=${encodeURIComponent(trace)}&`;
  link.hash = `!/?${source}startupCommands=${encodeURIComponent(JSON.stringify(commands))}`;
  return link.href;
}
