export { type Analysis, AnalysisPass, analyze } from "./analysis/analysis.js";
export { EventCounts, type MetricRow, type SyncRow } from "./analysis/event-counts.js";
export { DOING_NAMES, Doing } from "./analysis/explain/doing.js";
export { Explanation, type ExplanationOptions } from "./analysis/explain/explanation.js";
export {
  EXPLAIN_VERSION,
  type ExplainReport,
  FINDING_KINDS,
  type Finding,
  type FindingFigure,
  type FindingKind,
  type WorstInstance,
} from "./analysis/explain/finding.js";
export {
  CriticalPaths,
  type InstanceVisitor,
  type PathPiece,
} from "./analysis/explain/path/critical-paths.js";
export { InstanceTimes } from "./analysis/explain/path/instance-times.js";
export type { Instance, PathQuery } from "./analysis/explain/path/instances.js";
export { PathProfile } from "./analysis/explain/path/path-profile.js";
export { type PathChoice, pathQuery } from "./analysis/explain/path/path-query.js";
export type {
  InstancePath,
  MeanPath,
  PathDifference,
  PathPart,
  PathReport,
} from "./analysis/explain/path/path-report.js";
export { SlowTasks, type TaskPath } from "./analysis/explain/path/slow-tasks.js";
export { Extent } from "./analysis/extent.js";
export { type GcCycleRow, GcCycles, type RangeDurations, type StopRow } from "./analysis/gc/gc-cycles.js";
export { type Distribution, HISTOGRAM_ERROR, Histogram, type HistogramBin } from "./analysis/histogram.js";
export { type ReasonRow, StateDurations, type StateRow } from "./analysis/latency/state-durations.js";
export { type LatencyRow, type MeanwhileRow, WorstLatencies } from "./analysis/latency/worst-latencies.js";
export type { MmuCurve, UtilizationWindow } from "./analysis/mmu/mmu-curve.js";
export type { MutatorFlags } from "./analysis/mmu/mutator-flags.js";
export { type Mmu, MutatorUtilization } from "./analysis/mmu/mutator-utilization.js";
export { Overview, type OverviewFigures, type OverviewOptions } from "./analysis/overview.js";
export { type ProcRow, ProcUse } from "./analysis/proc-use.js";
export { KIND_NAMES, kindInfo, type ProfileKind, type SampleType } from "./analysis/profile/kinds.js";
export type { GoroutineFilter } from "./analysis/profile/lives.js";
export {
  difference,
  type Profile,
  type ProfileSample,
  type ProfileStream,
  type SampleLabels,
} from "./analysis/profile/profile.js";
export { Profiles, type ProfilesOptions } from "./analysis/profile/profiles.js";
export type { RegionQuery } from "./analysis/profile/region-filter.js";
export type { RangeRow } from "./analysis/range-counts.js";
export type { LatencyShape } from "./analysis/stats/latency-shape.js";
export { STATS_VERSION, type StatsReport } from "./analysis/stats/stats-report.js";
export { TraceStats } from "./analysis/stats/trace-stats.js";
export type {
  FunctionRow,
  GoroutineRow,
  LogRow,
  RegionBegin,
  RegionEnd,
  RegionNameRow,
  RegionRow,
  RegionTypeRow,
  TaskRow,
  TaskTypeRow,
} from "./analysis/summary/rows.js";
export { Summary, type SummaryOptions } from "./analysis/summary/summary.js";
export type { ExecTimes } from "./analysis/summary/times-table.js";
export { Timeline, type TimelineFigures } from "./analysis/timeline/timeline.js";
export type { TransitionRow } from "./analysis/transitions.js";
export { DIAGNOSTICS, type DiagnosticId, Diagnostics, type Severity } from "./base/diagnostics.js";
export { DurationError, parseDuration } from "./base/duration.js";
export { TraceError, type TraceErrorCode, type TraceErrorFacts } from "./base/errors.js";
export {
  BACKGROUND_TASK,
  type GoId,
  NONE,
  type ProcId,
  type TaskId,
  type ThreadId,
  type TraceTime,
} from "./base/ids.js";
export { Interner } from "./base/interner.js";
export { durationText } from "./base/rounded.js";
export { type ByteSource, sourceOf } from "./bytes/byte-source.js";
export { ByteWriter } from "./bytes/writer.js";
export { BLOCK_SIZE, EventBlock } from "./event/block.js";
export type { ClockSnapshot, ExperimentalBatch, Generation } from "./event/generation.js";
export {
  EVENT_KINDS,
  type EventClass,
  EventKind,
  type EventKindInfo,
  type RangeScope,
} from "./event/kind.js";
export { GO_STATE_NAMES, GoState, PROC_STATE_NAMES, ProcState } from "./event/states.js";
export type { SourceLine, Symbolizer } from "./event/symbolizer.js";
export type { StackFrame, StackTable, StringTable } from "./event/tables.js";
export { wallClockAt } from "./event/wall-clock.js";
export { openTrace } from "./order/open.js";
export type { BlockVisitor, PartPlace, Trace, TraceOptions } from "./order/trace.js";
export { NOT_A_TRACE_BYTES, notATraceMessage } from "./report/not-a-trace.js";
export {
  openingMessage,
  type ReadingMessage,
  readingLosses,
  readingNotices,
  traceAdvice,
} from "./report/reading-messages.js";
export type { Changes } from "./sched/changes.js";
export type { SchedListener } from "./sched/listener.js";
export { SchedModel } from "./sched/model.js";
export type { NewNames } from "./sched/new-names.js";
export { type RangeListener, type RangeNames, Ranges } from "./sched/ranges.js";
export { Edge, SCHED_STATE_NAMES, SchedState } from "./sched/state.js";
export { type Anonymizer, anonymousChoice, type ChoiceByName } from "./select/anonymous-names.js";
export { ANONYMOUS_TITLE, AnonymousTrace } from "./select/anonymous-trace.js";
export {
  findSelection,
  type Passes,
  partOf,
  type SelectionQuery,
  type TracePart,
} from "./select/find-selection.js";
export {
  type GoroutineSelector,
  parseGoroutineSelector,
  parseTaskSelector,
  SelectorError,
  type TaskSelector,
} from "./select/goroutine-selector.js";
export { SelectedTrace, type Selection } from "./select/selected-trace.js";
export { SelectionError } from "./select/selection-error.js";
export { type SplitOptions, splitTrace } from "./select/split-trace.js";
export { type TimeWindow, WindowedTrace } from "./select/windowed-trace.js";
export { type Conversion, type ConvertOptions, convert } from "./sink/convert.js";
export {
  type AutoDetail,
  autoDetail,
  createGoSink,
  createSink,
  type Detail,
  type GoChanges,
  type Kept,
  keptOf,
} from "./sink/create-sink.js";
export { FORMATS, type Format } from "./sink/formats.js";
export { intactOrRepaired, NeedsRepair } from "./sink/intact.js";
export { formatName } from "./sink/metadata.js";
export { ShownPath } from "./sink/shown-path.js";
export type { Omission, TraceSink, TraceSummary, WrittenPart } from "./sink/trace-sink.js";
export { TRACE_FORMATS, type TraceFormat } from "./wire/format.js";
