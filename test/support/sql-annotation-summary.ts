import type { OracleSummary, OracleTask } from "./oracle.js";
import { comparable, logTable, REGIONS, type RegionRow, TASKS, type TaskRow } from "./sql-annotations.js";
import { type Differences, differences, interval, type Lists } from "./sql-figures.js";
import { SAMPLES, type SampleRow } from "./sql-samples.js";
import { SqlStacks } from "./sql-stacks.js";
import type { TraceProcessor } from "./trace-processor.js";

/** Compares tasks, regions, logs, labels and samples with those of Go's own summarizer. */
export function annotationSummaryDifferences(tp: TraceProcessor, summary: OracleSummary): Differences {
  return differences({
    tasks: tasks(tp, summary),
    regions: regions(tp, summary),
    logs: logTable(
      tp,
      (summary.logs ?? []).map(({ T, G, Category, Message }) => {
        return { time: T, goroutine: G, category: Category, message: Message };
      }),
    ),
    samples: samples(tp, summary),
  });
}

/** A task's arrow comes from the task that it is part of, if that is under way. */
function tasks(tp: TraceProcessor, { tasks, firstTime, lastTime }: OracleSummary): Lists {
  const known = new Map((tasks ?? []).map((task) => [task.ID, task]));
  const parentOf = ({ Parent, Start }: OracleTask): string => {
    const parent = known.get(Parent);
    const isUnderWay = parent !== undefined && parent.Start >= 0 && (parent.End < 0 || parent.End > Start);
    return Start >= 0 && isUnderWay ? `${comparable(parent.Name)} ${parent.Start}` : "none";
  };
  // Of a task that is ended twice Go's summarizer keeps the second end, which has no name.
  const endedTwice = new Set(
    (tasks ?? []).filter(({ Name, Start }) => Name === "" && Start >= 0).map(({ Start }) => Start),
  );
  const rows = tp.query<TaskRow>(TASKS).filter(({ ts }) => !endedTwice.has(ts));
  const actual = rows.map(({ name, ts, end, fromTask, fromTaskTs }) => {
    return interval(
      [comparable(name), "of", fromTask === null ? "none" : `${comparable(fromTask)} ${fromTaskTs}`],
      ts,
      end,
    );
  });
  const expected = (tasks ?? [])
    .filter(({ Start, End }) => (Start >= 0 || End >= 0) && !endedTwice.has(Start))
    .map((task) => {
      const begin = task.Start < 0 ? firstTime : task.Start;
      return interval(
        [comparable(task.Name), "of", parentOf(task)],
        begin,
        task.End < 0 ? lastTime : task.End,
      );
    });
  return [actual, expected];
}

/**
 * Regions that were ended, and how many began; the list may be cut. Go's summarizer ends others when their goroutine
 * waits forever, and makes up nameless ones for goroutines that were created in a task.
 */
function regions(tp: TraceProcessor, summary: OracleSummary): Lists {
  const { firstTime, kinds } = summary;
  const rows = tp.query<RegionRow>(REGIONS);
  const listed = (summary.regions ?? [])
    .filter(({ EndKind }) => EndKind === "RegionEnd")
    .map(({ G, Name, Start, End }) => interval([G, comparable(Name)], Start < 0 ? firstTime : Start, End));
  const wanted = new Set(listed);
  const found = rows
    .map(({ tid, name, ts, end }) => interval([tid, comparable(name)], Math.max(ts, firstTime), end))
    .filter((region) => wanted.has(region));
  const began = rows.filter(({ ts }) => ts >= firstTime).length;
  return [
    [...found, `${began} began`],
    [...listed, `${kinds.RegionBegin ?? 0} began`],
  ];
}

function samples(tp: TraceProcessor, { cpuSamples }: OracleSummary): Lists {
  const stacks = new SqlStacks(tp);
  const leaves = new Map<string, number>();
  for (const { stack } of tp.query<SampleRow>(SAMPLES)) {
    const leaf = `leaf:${stacks.key(stack).split(" ")[0]}`;
    leaves.set(leaf, (leaves.get(leaf) ?? 0) + 1);
  }
  const official = Object.entries(cpuSamples).filter(([what]) => what.startsWith("leaf:"));
  return [[...leaves], official].map((counts) =>
    counts.map(([leaf, count]) => `${leaf}: ${count}`),
  ) as unknown as Lists;
}
