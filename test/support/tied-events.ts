const TIME = / Time=(-?\d+)/;
/** A text of events, an event each. */
export function eventsOf(text: string): string[] {
  return text.split(/^(?=M=)/m);
}

/**
 * Where two texts differ, other than in the order of events that follow one another by a nanosecond each: such runs come
 * from events of the same time, see `ties` in `OFFICIAL_QUIRKS`.
 */
export function tiedDifference(ours: readonly string[], official: readonly string[]): string | undefined {
  const ourRuns = runsOf(ours);
  const officialRuns = runsOf(official);
  const at = ourRuns.findIndex((run, i) => run !== officialRuns[i]);
  if (at >= 0) return `ours:\n${ourRuns[at]}\nGo's:\n${officialRuns[at]}`;
  return officialRuns.length > ourRuns.length
    ? `ours ends before\n${officialRuns[ourRuns.length]}`
    : undefined;
}

/** Runs of events a nanosecond apart, the time of the first and the rest without times and sorted. */
function runsOf(events: readonly string[]): string[] {
  const runs: string[][] = [];
  let start = 0;
  let next = Number.NaN;
  for (const event of events) {
    const time = Number(TIME.exec(event)?.[1]);
    if (time !== next) {
      start = time;
      runs.push([]);
    }
    next = time + 1;
    runs.at(-1)?.push(event.replace(TIME, ` Time=${start}+`));
  }
  return runs.map((run) => run.sort().join(""));
}
