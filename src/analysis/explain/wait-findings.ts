import { grouped } from "../../base/grouped.js";
import { NONE } from "../../base/ids.js";
import { durationText, shareText } from "../../base/rounded.js";
import type { StackFrame } from "../../event/tables.js";
import type { SchedModel } from "../../sched/model.js";
import { DOING_WORDS, DOINGS, Doing, HELD_UP_WORDS } from "./doing.js";
import type { Finding, FindingFigure, FindingKind } from "./finding.js";
import { count, type ExplainedTrace, finding, ns, share, showCommand } from "./finding-writer.js";
import { sameLocks } from "./lock-lines.js";
import {
  CALLING,
  callerIndex,
  callerText,
  frameIndex,
  LONGEST_FROM,
  placeOf,
  placeText,
  programIndex,
  WAITING,
} from "./places.js";
import type { TopSums } from "./top-sums.js";
import { WaitKind } from "./wait-kind.js";
import type { WaitSites } from "./wait-sites.js";
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
/** From this lead on, of the time that counts and of all waiting time, one goroutine kept the others waiting. */
const LEADS = 0.5;
const LEADS_ALL = 1 / 3;
/** What a goroutine does meanwhile is named from this share on. */
const NAMED = 0.05;

/** Lines that a sentence names, and that have a figure. */
const LINES_NAMED = 3;
const LINES_LISTED = 10;

/** A place where goroutines wait, or the places of one lock, with all that its finding needs. */
interface Site {
  /** The place with the most waiting time comes first. */
  readonly sites: readonly number[];
  readonly kind: FindingKind;
  /** Of all places. */
  readonly total: number;
  readonly count: number;
  /** The place with the longest wait. */
  readonly longest: number;
  readonly weight: number;
  /** Whether those that wait there have to wait for one another. */
  readonly isShared: boolean;
  readonly frames: readonly StackFrame[];
  readonly release: readonly StackFrame[];
  /** The start function of the goroutine that ended most, and what it ran. */
  readonly start: string;
  readonly waker: string;
  /** The goroutine that kept others waiting for most of the time, if these run the same, so a function does not tell which. */
  readonly keeper: number | undefined;
  /** Whether these ended half of the waiting time, and not only more of it than others. */
  readonly mostly: boolean;
}

/** Findings about waits for locks, channels, WaitGroups and Conds. */
export function waitFindings(waits: Waits, model: SchedModel, trace: ExplainedTrace): Finding[] {
  return groupsOf(waits).flatMap((sites) => groupFinding(waits, sites, model, trace));
}

/** The places by finding: those of one lock belong together. */
function groupsOf({ sites: { kind, releases, table }, stacks }: Waits): readonly (readonly number[])[] {
  const waited = Array.from({ length: table.length }, (_, site) => site).filter(
    (site) => (table.total[site] as number) > 0,
  );
  const locks = waited.filter((site) => kind[site] === WaitKind.Lock);
  const lines = locks.map((site) => {
    const frames = stacks.frames(table.longestStack[site] as number);
    const keys = releases[site]?.greatestOf(Number.POSITIVE_INFINITY) ?? [];
    return {
      func: frames[frameIndex(frames, WAITING)]?.func ?? "",
      releases: keys.map(({ key }) => stacks.frames(key)),
    };
  });
  const groups = new Map<number, number[]>();
  sameLocks(lines).forEach((first, line) => {
    groups.set(first, [...(groups.get(first) ?? []), locks[line] as number]);
  });
  for (const sites of groups.values())
    sites.sort((a, b) => (table.total[b] as number) - (table.total[a] as number));
  return [...groups.values(), ...waited.filter((site) => kind[site] !== WaitKind.Lock).map((site) => [site])];
}

function groupFinding(
  waits: Waits,
  sites: readonly number[],
  model: SchedModel,
  trace: ExplainedTrace,
): Finding[] {
  const { table } = waits.sites;
  const site = sites[0] as number;
  const waitKind = waits.sites.kind[site] as number;
  const total = sumOf(sites, table.total);
  const cost = sumOf(sites, waits.sites.cost);
  if (cost === 0) return [];
  const isShared = (waits.sites.shared[site] as number) >= MOSTLY * cost;
  const isCall = isShared && waitKind === WaitKind.WaitGroup;
  const kind = isCall ? "slow-producer" : kindOf(waitKind);
  if (kind === "slow-producer" && !isRepeated(waits.sites, site)) return [];
  // Of goroutines that wait for work, several wait for the same goroutine: count the time in which one did.
  const held = IDLE.has(kind) && (isCall || !isShared) ? (cost / total) * table.occupied(site) : cost;
  const weight = held / trace.duration;
  if (weight < (THRESHOLDS[kind] ?? 1)) return [];
  const longest = sites.reduce((a, b) =>
    (table.longest[b] as number) > (table.longest[a] as number) ? b : a,
  );
  const released = mostOf(sites.map((each) => waits.sites.releases[each]));
  const woken = mostOf(sites.map((each) => waits.sites.wakers[each]));
  const release = waits.stacks.frames(released?.key ?? 0);
  const start = woken === undefined ? "" : model.functions.text(woken.key);
  const waker = waits.functions.nameOf(start, release);
  const frames = waits.stacks.frames(table.longestStack[longest] as number);
  const found: Site = {
    sites,
    kind,
    total,
    count: sumOf(sites, table.count),
    longest,
    weight,
    isShared,
    frames,
    release,
    start,
    waker,
    keeper: keeperOf(waits, { site, cost, total, frames, func: woken?.key, waker }),
    mostly: Math.min(released?.share ?? 0, woken?.share ?? 0) >= MOSTLY,
  };
  return [siteFinding(waits, found, trace)];
}

/** Whether the waits at a place are many, and not a few long ones. */
export function isRepeated({ cost, squares }: WaitSites, site: number): boolean {
  return (cost[site] as number) ** 2 >= WAITS * (squares[site] as number);
}

/** What names a goroutine that kept others waiting. */
interface Kept {
  readonly site: number;
  readonly cost: number;
  readonly total: number;
  readonly frames: readonly StackFrame[];
  /** The start function of those that ended most, and what they ran. */
  readonly func: number | undefined;
  readonly waker: string;
}

function keeperOf({ functions, sites }: Waits, kept: Kept): number | undefined {
  const { cost, frames, func: woken, total, waker } = kept;
  const { func, key: goroutine, lead } = sites.keepers.leaderOf(kept.site);
  if (goroutine === NONE || func !== woken || lead < LEADS * cost || lead < LEADS_ALL * total)
    return undefined;
  return functions.nameOf(frames.at(-1)?.func ?? "", frames) === waker ? goroutine : undefined;
}

function sumOf(sites: readonly number[], column: Float64Array): number {
  return sites.reduce((sum, site) => sum + (column[site] as number), 0);
}

/** The key with the greatest sum, and its share of all. */
function mostOf(
  parts: readonly (TopSums | undefined)[],
): { readonly key: number; readonly share: number } | undefined {
  const sums = new Map<number, number>();
  for (const part of parts)
    for (const { key, sum } of part?.greatestOf(Number.POSITIVE_INFINITY) ?? []) addTo(sums, key, sum);
  const all = parts.reduce((total, part) => total + (part?.total ?? 0), 0);
  const [most] = [...sums].sort((a, b) => b[1] - a[1]);
  return most && { key: most[0], share: most[1] / all };
}

function kindOf(kind: number): FindingKind {
  if (kind === WaitKind.Lock) return "lock-contention";
  if (kind === WaitKind.Send) return "slow-consumer";
  return kind === WaitKind.WaitGroup ? "straggler" : "slow-producer";
}

function siteFinding(waits: Waits, at: Site, trace: ExplainedTrace): Finding {
  const { count: number, frames, kind, longest, sites, total, weight } = at;
  const { table } = waits.sites;
  const worst = {
    time: table.longestSince[longest] as number,
    duration: table.longest[longest] as number,
    goroutine: table.longestGoroutine[longest] as number,
  };
  const doings = doingsOf(waits, sites);
  return finding({
    kind,
    weight,
    sentence: `${subjectOf(waits, at)} ${meanwhile(at, doings)}${placeOfDoing(waits, sites)}${keeperText(at)}`,
    figures: [
      ns("waited", total),
      count("waits", number),
      ns("longest", worst.duration),
      ...crowdFigures(waits, sites, trace),
      ...doings,
    ],
    frames,
    at: frameIndex(frames, WAITING),
    worst,
    next: [showCommand(trace, worst), `go2perfetto pprof sync IN`, ...goroutineCommand(at)],
  });
}

function goroutineCommand({ keeper, release, start }: Site): string[] {
  if (keeper !== undefined) return [`go2perfetto stats --goroutine ${keeper} IN`];
  return release.length > 0 && start !== "" ? [`go2perfetto stats --goroutine '${start}' IN`] : [];
}

/** How many waited at once. Of several lines that is known of each only; so these have their times instead. */
function crowdFigures(waits: Waits, sites: readonly number[], { duration }: ExplainedTrace): FindingFigure[] {
  const { table } = waits.sites;
  const [site = 0] = sites;
  if (sites.length === 1)
    return [
      count("most at once", table.most[site] as number),
      share("of the trace with a waiter", table.occupied(site) / duration),
    ];
  return [
    count("most at once at one line", mostAtOnce(waits, sites)),
    count("lines", sites.length),
    ...sites
      .slice(0, LINES_LISTED)
      .map((each) => ns(`waited at ${lineText(waits, each)}`, table.total[each] as number)),
  ];
}

/** The shares of what those did who ended the waits, the greatest first. */
function doingsOf(waits: Waits, sites: readonly number[]): FindingFigure[] {
  const sums = timesOf(waits, sites);
  const sum = sums.reduce((total, time) => total + time, 0);
  const figures = sums.map((time, doing) => share(`meanwhile ${DOING_WORDS[doing]}`, time / sum));
  return figures.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
}

/** How long those who ended the waits did what, by number of the doing. */
function timesOf({ sites: { doing: times } }: Waits, sites: readonly number[]): number[] {
  return Array.from({ length: DOINGS }, (_, doing) =>
    sites.reduce((total, site) => total + (times[site * DOINGS + doing] as number), 0),
  );
}

function subjectOf(waits: Waits, site: Site): string {
  const { count: number, frames, isShared, keeper, kind, longest, sites, total } = site;
  const most = mostAtOnce(waits, sites);
  const all = durationText(total);
  const at = frameIndex(frames, WAITING);
  const from = callerText(frames, at, LONGEST_FROM);
  const figures =
    number === 1
      ? `once, for ${all}`
      : `${grouped(number)} times, ${all} in all, ${durationText(waits.sites.table.longest[longest] as number)} at most`;
  if (sites.length > 1)
    return `Goroutines waited at ${linesText(waits, sites)}${from}: ${figures}, up to ${grouped(most)} at once at one line.`;
  const single = number === 1 ? "One goroutine" : "One goroutine at a time";
  const who = most === 1 ? single : `Up to ${grouped(most)} goroutines at once`;
  return `${who} waited ${(isShared && (keeper === undefined ? SHARED : KEPT)[kind]) || WHAT[kind]} at ${placeText(placeOf(frames[at]))}${from}: ${figures}.`;
}

function mostAtOnce({ sites: { table } }: Waits, sites: readonly number[]): number {
  return Math.max(...sites.map((site) => table.most[site] as number));
}

function lineText({ sites: { table }, stacks }: Waits, site: number): string {
  const frames = stacks.frames(table.longestStack[site] as number);
  return placeText(placeOf(frames[frameIndex(frames, WAITING)]));
}

/** The lines that take one lock, those with the most waiting time by name. */
function linesText(waits: Waits, sites: readonly number[]): string {
  const names = sites.slice(0, LINES_NAMED).map((site) => lineText(waits, site));
  const last = names.pop();
  const which = sites.length > LINES_NAMED ? ", most at" : ",";
  return `${grouped(sites.length)} lines for a lock that the same calls unlock${which} ${names.join(", ")} and ${last}`;
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

/** The same if one of them keeps the others waiting, such as a stage of a pipeline whose stages run the same code. */
const KEPT: Readonly<Partial<Record<FindingKind, string>>> = {
  "slow-producer": "for another goroutine",
};

/** Which of those that run the same kept the others waiting. */
function keeperText({ keeper, waker }: Site): string {
  return keeper === undefined ? "" : ` Mostly one of ${waker}, goroutine ${keeper}, kept them waiting.`;
}

/** What those did who ended the waits. */
function meanwhile(site: Site, doings: readonly FindingFigure[]): string {
  const named = doings.filter(({ value }) => value >= NAMED).slice(0, 3);
  const words = named.map(({ name, value }) => `${wordsOf(name)} ${shareText(value)}`);
  return `${endedBy(site)} ${words.join(", ")} of the time.`;
}

/** What a figure is about. A lock is that of the finding, or another one, whose holder is not known. */
function wordsOf(name: string): string {
  const words = name.replace("meanwhile ", "");
  return words === DOING_WORDS[Doing.Lock] ? `${words} itself` : words;
}

/** Where those were who ended the waits, if most of what they did was one thing that takes no CPU, at one line or in one function. */
function placeOfDoing(waits: Waits, sites: readonly number[]): string {
  const times = timesOf(waits, sites);
  const all = Math.max(...times);
  const doing = times.indexOf(all);
  const text = HELD_UP_WORDS[doing];
  if (text === undefined) return "";
  const lines = new Map<string, number>();
  const functions = new Map<string, number>();
  const places = sites.flatMap(
    (site) => waits.sites.places[site]?.greatestOf(Number.POSITIVE_INFINITY) ?? [],
  );
  for (const { key, sum } of places.filter((row) => row.key % DOINGS === doing)) {
    const frames = waits.stacks.frames(Math.floor(key / DOINGS));
    const place = placeOf(frames[callerIndex(frames, programIndex(frames, CALLING))]);
    addTo(lines, `at ${placeText(place)}`, sum);
    addTo(functions, `in ${place?.function}`, sum);
  }
  const where = [...lines, ...functions].find(([, sum]) => sum >= MOSTLY * all);
  return where === undefined ? "" : ` ${text} mostly ${where[0]}.`;
}

function addTo<K>(sums: Map<K, number>, key: K, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function endedBy({ count, mostly, release, waker }: Site): string {
  const at = release.length === 0 ? "" : ` at ${placeText(placeOf(release[frameIndex(release, WAITING)]))}`;
  if (waker === "" && at === "")
    return count === 1 ? "The goroutine that ended it" : "The goroutines that ended them";
  const what = count === 1 ? "It was" : mostly ? "Most were" : "Many were";
  return `${what} ended by ${waker || "a goroutine"}${at}, which`;
}
