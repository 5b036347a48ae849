import { ALL, AnalysisPass, analyze } from "../../src/analysis/analysis.js";
import { Explanation } from "../../src/analysis/explain/explanation.js";
import { CriticalPaths } from "../../src/analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../src/analysis/explain/path/instance-times.js";
import type { Instance } from "../../src/analysis/explain/path/instances.js";
import { Overview } from "../../src/analysis/overview.js";
import { KIND_NAMES } from "../../src/analysis/profile/kinds.js";
import { Profiles } from "../../src/analysis/profile/profiles.js";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { figuresOf } from "../../src/figures/figures.js";
import { COMPARED_KINDS } from "../../src/figures/stack-changes.js";
import { traceDifference } from "../../src/figures/trace-difference.js";
import type { Trace } from "../../src/order/trace.js";
import { diffTables } from "../../src/report/diff-tables.js";
import { explainMarkdown, explainText } from "../../src/report/explain-lines.js";
import { MOST_BYTES } from "../../src/report/html/limits.js";
import type { PageData } from "../../src/report/html/page-data.js";
import { reportPage } from "../../src/report/html/report-page.js";
import { diffJson, jsonText } from "../../src/report/json.js";
import { markdownText } from "../../src/report/markdown.js";
import { statsTables } from "../../src/report/stats-tables.js";
import { terminalText } from "../../src/report/terminal.js";
import { encodeProfile } from "../../src/sink/pprof/encode.js";
import { eventText } from "../../src/sink/text/event-text.js";
import type { JsonTrace } from "../support/chrome-json.js";
import { documentedTypes, violations } from "../support/documented-types.js";
import { fullBytes } from "../support/full-output.js";
import { jsonProblems } from "../support/integrity-json.js";
import { pftraceProblems } from "../support/integrity-pftrace.js";
import { pprofProblems } from "../support/integrity-pprof.js";
import { otlpProblems } from "../support/otlp/integrity-otlp.js";
import { spansOfTrace, TEST_OPTIONS, throughExporter } from "../support/otlp/sink-spans.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { readPftrace } from "../support/pftrace-reader.js";
import { readPprof } from "../support/pprof-reader.js";
import { readBlocks } from "../support/reading.js";
import { TraceProcessor } from "../support/trace-processor.js";
import { goPprofProblems } from "./go-pprof.js";

/** Looks at what was made of an input, by that output's own reader; gives what is wrong with it. */
export type Check<Problems = readonly string[] | Promise<readonly string[]>> = () => Problems;

const STATS = documentedTypes("stats-schema.md");
const EXPLAIN = documentedTypes("explain-schema.md");
const TOP = 100;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f]/;
const NO_NUMBER = /NaN|Infinity|undefined/;
/** Of every other terminal's width. */
const WIDTH = 80;

export function pftraceCheck(bytes: Uint8Array): Check {
  return () => pftraceProblems(readPftrace(bytes));
}

export function jsonCheck(text: string): Check {
  return () => (text === "" ? [] : jsonProblems(JSON.parse(text) as JsonTrace));
}

export function textCheck(lines: readonly string[]): Check<string[]> {
  return () => lines.filter((line) => CONTROL.test(line)).map((line) => `a control character in ${line}`);
}

export async function dumped(trace: Trace): Promise<Check> {
  const lines: string[] = [];
  await readBlocks(trace, (block) => {
    for (let i = 0; i < block.length; i++) lines.push(eventText(block, i));
  });
  return textCheck(lines);
}

async function reportOf(trace: Trace): Promise<StatsReport> {
  const stats = new TraceStats({ top: TOP });
  const error = await analyze(trace, stats.analyses);
  return stats.report(error !== undefined, trace.diagnostics.hasEstimatedTimes);
}

export async function analyzed(trace: Trace): Promise<Check> {
  const json = [...jsonText(await reportOf(trace))].join("");
  return () => violations(STATS, "Report", JSON.parse(json), "", new Set());
}

/** Findings, and the critical paths of all goroutines. */
export async function explained(trace: Trace): Promise<Check> {
  const explanation = new Explanation({ top: TOP });
  const problems: string[] = [];
  let time = Number.NaN;
  let before: Instance | undefined;
  const query = { goroutines: ALL };
  const paths = new CriticalPaths(
    query,
    new InstanceTimes(query),
    undefined,
    (instance, { since, until }) => {
      const end = instance === before ? time : instance.until;
      if (until !== end || since >= until || since < instance.since) problems.push(`a gap in a path: ${end}`);
      before = instance;
      time = since;
    },
  );
  const error = await analyze(trace, [...explanation.analyses, paths]);
  const report = explanation.report(error !== undefined, trace.diagnostics.hasEstimatedTimes);
  const json = [...jsonText(report)].join("");
  const texts = [explainText(report, "IN", WIDTH), explainMarkdown(report, "IN")];
  return () => [
    ...problems,
    ...violations(EXPLAIN, "Report", JSON.parse(json), "", new Set()),
    ...texts.flatMap((text) => textCheck([text])()),
    ...(texts.some((text) => NO_NUMBER.test(text)) ? ["no number in a finding"] : []),
  ];
}

/** Tables and figures of a report, and how it differs from one of nothing. */
export async function reported(trace: Trace): Promise<Check> {
  const stats = new TraceStats({ top: TOP });
  const profiles = new Profiles({ kinds: COMPARED_KINDS });
  const explanation = new Explanation({ top: TOP, program: stats.program });
  const error = await analyze(trace, [...stats.analyses, ...explanation.analyses, profiles]);
  const explained = explanation.report(error !== undefined);
  const report = stats.report(error !== undefined, trace.diagnostics.hasEstimatedTimes);
  const none = new TraceStats({ top: TOP });
  const noExplanation = new Explanation({ program: none.program });
  new AnalysisPass([...none.analyses, ...noExplanation.analyses]).end();
  const nothing = none.report(false, false);
  const difference = traceDifference(
    { name: "a", report: nothing, explained: noExplanation.report(), profiles: [] },
    { name: "b", report, explained, profiles: COMPARED_KINDS.map((kind) => profiles.stream(kind)) },
  );
  const tables = [...statsTables(report, TOP), ...diffTables(difference, TOP)];
  const texts = [markdownText(tables), terminalText(tables, WIDTH)];
  const json = [...diffJson(difference)].join("");
  const figures = [...figuresOf({ report, explained })];
  return () => [
    ...figures.filter(([, { value }]) => !(value >= 0)).map(([name, { value }]) => `${name} is ${value}`),
    ...texts.flatMap((text) => textCheck([text])()),
    ...(texts.some((text) => NO_NUMBER.test(text)) ? ["no number in a table"] : []),
    ...(typeof JSON.parse(json) === "object" ? [] : ["no difference"]),
  ];
}

/** The page of a trace. */
export async function paged(trace: Trace): Promise<Check> {
  const overview = new Overview({ top: TOP });
  const error = await analyze(trace, overview.analyses);
  const figures = overview.figures(error !== undefined, trace.diagnostics.hasEstimatedTimes);
  const page = reportPage({ name: "IN", figures }, "fuzzer");
  return () => {
    const { gc, states, stw, width } = figures.timeline;
    const [text = "", json = ""] = page
      .replace(/<style>.*?<\/style>/s, "")
      .replace(/<script>.*<\/script>/s, "")
      .split('<script type="application/json" id="data">');
    const data = JSON.parse(json.slice(0, json.indexOf("</script>"))) as PageData;
    const times = [gc, stw, ...Object.values(states)].flat();
    return [
      ...textCheck([text, json])(),
      ...(NO_NUMBER.test(text) || NO_NUMBER.test(json) ? ["no number in a page"] : []),
      ...(times.some((time) => time < 0) ? ["a time below 0"] : []),
      ...(gc.some((time) => time > width) ? ["a GC cycle of more than all the time"] : []),
      ...(page.length > MOST_BYTES || data.traces.length !== 1 ? ["a page that is too large"] : []),
    ];
  };
}

async function profilesOf(trace: Trace): Promise<Uint8Array[]> {
  const profiles = new Profiles({ kinds: KIND_NAMES });
  await analyze(trace, [profiles]);
  return KIND_NAMES.map((kind) => encodeProfile(profiles.profile(kind)));
}

export async function profiled(trace: Trace): Promise<Check> {
  const encoded = await profilesOf(trace);
  return () =>
    encoded.flatMap((bytes) => {
      const profile = readPprof(bytes);
      const values = profile.sample.flatMap(({ value }) => value.map(Number));
      return [
        ...pprofProblems(profile),
        ...values.filter((value) => !(value >= 0)).map((value) => `a sample of ${value}`),
      ];
    });
}

export async function exported(trace: Trace): Promise<Check> {
  const { spans } = await spansOfTrace(trace, {}, TEST_OPTIONS, throughExporter);
  return () => otlpProblems(spans);
}

/** By Perfetto itself, which refuses an empty file. */
export async function imported(trace: Trace): Promise<Check> {
  const output = await fullBytes(trace);
  return async () => {
    if (output.length === 0 || !(await haveTraceProcessor("fuzzing by Perfetto"))) return [];
    const tp = await TraceProcessor.load(output);
    const problems = tp.problems().map(({ name, value }) => `${name}: ${value}`);
    tp.close();
    return problems;
  };
}

/** The largest profile by Go's own tool. */
export async function inGoTool(trace: Trace): Promise<Check> {
  const [first, ...others] = await profilesOf(trace);
  const largest = others.reduce((a, b) => (a.length < b.length ? b : a), first as Uint8Array);
  return () => goPprofProblems(largest);
}
