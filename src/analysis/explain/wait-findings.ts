import { grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import type { StackFrame } from "../../event/tables.js";
import type { SchedModel } from "../../sched/model.js";
import { DOING_WORDS, DOINGS } from "./doing.js";
import type { Finding, FindingFigure, FindingKind } from "./finding.js";
import { count, type ExplainedTrace, finding, ns, share, showCommand } from "./finding-writer.js";
import { frameIndex, placeOf, placeText, programIndex, WAITING } from "./places.js";
import type { TopSums } from "./top-sums.js";
import { WaitKind } from "./wait-kind.js";
import type { Waits } from "./waits.js";

/** From this share of the trace on, a kind of wait is a finding. */
const THRESHOLDS: Readonly<Partial<Record<FindingKind, number>>> = {
  "lock-contention": 0.05,
  "slow-consumer": 0.1,
  "slow-producer": 0.1,
  straggler: 0.2,
};
/**
 * A producer is slow if it keeps others waiting again and again. Waits of the same length have a square of their sum that
 * is this many times the sum of their squares; a few long ones among many do not, such as those that wait to be stopped.
 */
const WAITS = 10;
/** Kinds in which those that wait may have nothing else to do. */
const IDLE: ReadonlySet<FindingKind> = new Set<FindingKind>(["slow-producer", "straggler"]);
/** From this share on, those that wait at a line end the waits there. */
const MOSTLY = 0.5;
/** What a goroutine does meanwhile is named from this share on. */
const NAMED = 0.05;

/** A place where goroutines wait, with all that its finding needs. */
interface Site {
  readonly site: number;
  readonly kind: FindingKind;
  readonly weight: number;
  /** Whether those that wait there have to wait for one another. */
  readonly isShared: boolean;
  readonly frames: readonly StackFrame[];
  readonly release: readonly StackFrame[];
  /** The start function of the goroutine that ended most, and what it ran. */
  readonly start: string;
  readonly waker: string;
  /** Whether these ended half of the waiting time, and not only more of it than others. */
  readonly mostly: boolean;
}

/** Findings about waits for locks, channels, WaitGroups and Conds. */
export function waitFindings(waits: Waits, model: SchedModel, trace: ExplainedTrace): Finding[] {
  const { table } = waits.sites;
  const findings: Finding[] = [];
  for (let site = 0; site < table.length; site++) {
    const kind = kindOf(waits.sites.kind[site] as number);
    const total = table.total[site] as number;
    const cost = waits.sites.cost[site] as number;
    if (total === 0 || cost === 0) continue;
    if (kind === "slow-producer" && cost * cost < WAITS * (waits.sites.squares[site] as number)) continue;
    // Of goroutines that wait for work, several wait for the same goroutine: count the time in which one did.
    const isShared = (waits.sites.shared[site] as number) >= MOSTLY * cost;
    const held = IDLE.has(kind) && !isShared ? (cost / total) * table.occupied(site) : cost;
    const weight = held / trace.duration;
    if (weight < (THRESHOLDS[kind] ?? 1)) continue;
    const frames = waits.stacks.frames(table.longestStack[site] as number);
    const released = mostOf(waits.sites.releases[site]);
    const woken = mostOf(waits.sites.wakers[site]);
    const release = waits.stacks.frames(released?.key ?? 0);
    const start = woken === undefined ? "" : model.functions.text(woken.key);
    const waker = waits.functions.nameOf(start, release);
    const mostly = Math.min(released?.share ?? 0, woken?.share ?? 0) >= MOSTLY;
    findings.push(
      siteFinding(waits, { site, kind, weight, isShared, frames, release, start, waker, mostly }, trace),
    );
  }
  return findings;
}

/** The key with the greatest sum, and its share of all. */
function mostOf(sums: TopSums | undefined): { readonly key: number; readonly share: number } | undefined {
  const [most] = sums?.greatestOf(1) ?? [];
  return sums && most && { key: most.key, share: most.sum / sums.total };
}

function kindOf(kind: number): FindingKind {
  if (kind === WaitKind.Lock) return "lock-contention";
  if (kind === WaitKind.Send) return "slow-consumer";
  return kind === WaitKind.WaitGroup ? "straggler" : "slow-producer";
}

function siteFinding(waits: Waits, at: Site, trace: ExplainedTrace): Finding {
  const { frames, kind, release, site, start, weight } = at;
  const { table } = waits.sites;
  const worst = {
    time: table.longestSince[site] as number,
    duration: table.longest[site] as number,
    goroutine: table.longestGoroutine[site] as number,
  };
  const doings = doingsOf(waits, site);
  return finding({
    kind,
    weight,
    sentence: `${subjectOf(waits, at)} ${meanwhile(at, table.count[site] as number, doings)}`,
    figures: [
      ns("waited", table.total[site] as number),
      count("waits", table.count[site] as number),
      ns("longest", worst.duration),
      count("most at once", table.most[site] as number),
      share("of the trace with a waiter", table.occupied(site) / trace.duration),
      ...doings,
    ],
    frames,
    at: frameIndex(frames, WAITING),
    worst,
    next: [
      showCommand(trace, worst),
      `go2perfetto pprof sync IN`,
      ...(release.length > 0 && start !== "" ? [`go2perfetto stats --goroutine '${start}' IN`] : []),
    ],
  });
}

/** The shares of what those did who ended the waits, the greatest first. */
function doingsOf(waits: Waits, site: number): FindingFigure[] {
  const times = waits.sites.doing.subarray(site * DOINGS, (site + 1) * DOINGS);
  const sum = times.reduce((total, time) => total + time, 0);
  const figures = Array.from(times, (time, doing) => share(`meanwhile ${DOING_WORDS[doing]}`, time / sum));
  return figures.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
}

function subjectOf({ sites: { table } }: Waits, { frames, isShared, kind, site }: Site): string {
  const most = table.most[site] as number;
  const count = table.count[site] as number;
  const single = count === 1 ? "One goroutine" : "One goroutine at a time";
  const who = most === 1 ? single : `Up to ${grouped(most)} goroutines at once`;
  const total = durationText(table.total[site] as number);
  const figures =
    count === 1
      ? `once, for ${total}`
      : `${grouped(count)} times, ${total} in all, ${durationText(table.longest[site] as number)} at most`;
  const at = frameIndex(frames, WAITING);
  const caller = programIndex(frames, WAITING);
  const from = caller > at ? `, the longest from ${placeText(placeOf(frames[caller]))}` : "";
  return `${who} waited ${(isShared && SHARED[kind]) || WHAT[kind]} at ${placeText(placeOf(frames[at]))}${from}: ${figures}.`;
}

const WHAT: Readonly<Partial<Record<FindingKind, string>>> = {
  "lock-contention": "for a lock",
  "slow-consumer": "to send to a channel",
  "slow-producer": "for another goroutine, while a P was free,",
  straggler: "for the last of a group of goroutines, which ran alone,",
};

/** The same if those that wait end the waits of others there. */
const SHARED: Readonly<Partial<Record<FindingKind, string>>> = {
  "slow-consumer": "for one another, to send to a channel,",
  "slow-producer": "for one another",
};

/** What those did who ended the waits. @param count of the waits */
function meanwhile(site: Site, count: number, doings: readonly FindingFigure[]): string {
  const named = doings.filter(({ value }) => value >= NAMED).slice(0, 3);
  const words = named.map(({ name, value }) => `${name.replace("meanwhile ", "")} ${shareText(value)}`);
  return `${endedBy(site, count)} ${words.join(", ")} of the time.`;
}

function endedBy({ mostly, release, waker }: Site, count: number): string {
  const at = release.length === 0 ? "" : ` at ${placeText(placeOf(release[frameIndex(release, WAITING)]))}`;
  if (waker === "" && at === "")
    return count === 1 ? "The goroutine that ended it" : "The goroutines that ended them";
  const what = count === 1 ? "It was" : mostly ? "Most were" : "Many were";
  return `${what} ended by ${waker || "a goroutine"}${at}, which`;
}
