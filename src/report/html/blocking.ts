import { frameIndex, WAITING } from "../../analysis/explain/places.js";
import type { ProfileStream } from "../../analysis/profile/profile.js";
import type { StatsReport } from "../../analysis/stats/stats-report.js";
import { grouped } from "../../base/grouped.js";
import { durationText } from "../../base/rounded.js";
import { untoldReason } from "../stats-tables.js";
import { barHtml } from "./bar.js";
import type { PageLimits } from "./limits.js";
import { tableHtml } from "./tables.js";
import { html } from "./text.js";

interface Place {
  readonly reason: string;
  readonly func: string;
  readonly file: string;
  readonly line: number;
  count: number;
  time: number;
}

/** Why goroutines are blocked, and where. */
export function blockingHtml({ blocking }: StatsReport, waits: ProfileStream, limits: PageLimits): string {
  return blocking.length === 0 ? "" : `${reasonsHtml(blocking, limits)}\n${placesHtml(waits, limits)}`;
}

function reasonsHtml(blocking: StatsReport["blocking"], limits: PageLimits): string {
  const most = blocking[0]?.total ?? 0;
  const told = blocking.slice(0, limits.rows);
  const rows = told.map(({ reason, total, durations }) => {
    const name = reason || untoldReason(durations.count);
    const time = (value: number) => (durations.count === 0 ? "–" : durationText(value));
    return [
      { html: html(name, limits.longest) + timeBar(total, most) },
      durationText(total),
      grouped(durations.count),
      time(durations.p50),
      time(durations.p99),
      time(durations.max),
    ];
  });
  const columns = [
    { head: "reason" },
    { head: "time", align: "right" },
    { head: "whole waits", align: "right", wide: true },
    { head: "median", align: "right" },
    { head: "p99", align: "right", wide: true },
    { head: "longest", align: "right" },
  ] as const;
  return tableHtml(
    { title: "Blocking by reason", columns, rows, more: blocking.length - told.length },
    limits,
  );
}

function placesHtml(waits: ProfileStream, limits: PageLimits): string {
  const places = placesOf(waits);
  const told = places.slice(0, limits.rows);
  if (told.length === 0) return "";
  const most = told[0]?.time ?? 0;
  const rows = told.map(({ reason, func, file, line, count, time }) => {
    const place = file === "" ? "" : `${file.slice(file.lastIndexOf("/") + 1)}:${line}`;
    return [
      {
        html: `<code>${html(func || "(unknown)", limits.longest)}</code> <small>${html(place, limits.longest)}</small>${timeBar(time, most)}`,
      },
      reason || "(unknown)",
      durationText(time),
      grouped(count),
    ];
  });
  const columns = [
    { head: "place" },
    { head: "reason" },
    { head: "time", align: "right" },
    { head: "waits", align: "right", wide: true },
  ] as const;
  return tableHtml({ title: "Blocking by place", columns, rows, more: places.length - told.length }, limits);
}

/** Waits by reason and by the first frame outside of the runtime and its packages, the longest first. */
function placesOf({ samples }: ProfileStream): Place[] {
  const places = new Map<string, Place>();
  for (const { stack, values, labels } of samples) {
    const { func = "", file = "", line = 0 } = stack[frameIndex(stack, WAITING)] ?? {};
    const key = JSON.stringify([labels.reason, func, file, line]);
    const place = places.get(key) ?? { reason: labels.reason, func, file, line, count: 0, time: 0 };
    places.set(key, place);
    place.count += values[0] ?? 0;
    place.time += values[1] ?? 0;
  }
  return [...places.values()].sort((a, b) => b.time - a.time);
}

/** The table beside it has the value, so the bar says nothing more. */
function timeBar(value: number, most: number): string {
  return barHtml([{ name: "waiting", value }], most, durationText(value));
}
