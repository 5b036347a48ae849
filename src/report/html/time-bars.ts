import type { StatsReport } from "../../analysis/stats/stats-report.js";
import type { ExecTimes } from "../../analysis/summary/times-table.js";
import { grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import { barHtml, keyHtml, PART_NAMES, TIME_PARTS } from "./bar.js";
import type { PageLimits } from "./limits.js";
import { tableHtml } from "./tables.js";
import { html } from "./text.js";

type Parts = Readonly<Record<(typeof TIME_PARTS)[number], number>>;

/** Where the time of goroutines goes, by start function. */
export function functionsHtml({ goroutines }: StatsReport, limits: PageLimits): string {
  const functions = goroutines.byFunction.slice(0, limits.rows);
  if (functions.length === 0) return "";
  const rows = functions.map((row) => {
    const parts = partsOf(row);
    const name = html(row.function || "(unknown)", limits.longest);
    return [
      { html: `<code>${name}</code>${timeBarHtml(parts)}` },
      grouped(row.count),
      durationText(parts.running),
      durationText(parts.runnable),
      durationText(parts.syscall),
      durationText(parts.waiting),
    ];
  });
  const columns = [
    { head: "start function" },
    { head: "goroutines", align: "right", wide: true },
    { head: PART_NAMES.running, align: "right" },
    { head: PART_NAMES.runnable, align: "right" },
    { head: PART_NAMES.syscall, align: "right", wide: true },
    { head: PART_NAMES.waiting, align: "right" },
  ] as const;
  const more = goroutines.byFunction.length - functions.length;
  return keyHtml() + tableHtml({ title: "Time by start function", columns, rows, more }, limits);
}

/** What the time of some goroutines consists of. */
export function timeBarHtml(parts: Parts): string {
  const whole = TIME_PARTS.reduce((sum, name) => sum + parts[name], 0);
  const label = TIME_PARTS.map((name) => `${PART_NAMES[name]} ${shareText(parts[name], whole)}`).join(", ");
  return barHtml(
    TIME_PARTS.map((name) => ({ name, value: parts[name] })),
    whole,
    label,
  );
}

/** What the times of goroutines consist of. */
export function partsOf({
  times,
}: {
  readonly times: Omit<ExecTimes, "total" | "unknown" | "range">;
}): Parts {
  return {
    running: times.exec,
    runnable: times.schedWait,
    syscall: times.syscall + times.syscallBlocked,
    waiting: Object.values(times.block).reduce((sum, time) => sum + time, 0),
  };
}
