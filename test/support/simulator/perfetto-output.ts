import { convert } from "../../../src/sink/convert.js";
import { FullSink } from "../../../src/sink/perfetto/full-sink.js";
import { LeanSink } from "../../../src/sink/perfetto/lean-sink.js";
import { AS_GO_TELLS } from "../full-output.js";
import { openBytes } from "../reading.js";
import { WAIT_REASON } from "../sql-names.js";
import { TraceProcessor } from "../trace-processor.js";

/** A slice: whose track it is on, its name, when it begins (since the start of the trace) and how long it lasts. */
export type TrackSlice = readonly [on: number | string, name: string, time: number, duration: number];

/** A run of a goroutine on a P: when it begins (since the start of the trace) and ends. */
export type Run = readonly [goroutine: number, proc: number, begin: number, end: number];

/** An arrow: from a thread and time to another. */
export type Arrow = readonly [from: number, time: number, to: number, time: number];

/** Thread ids from here on are not goroutines. */
const FIRST_PSEUDO = 2 ** 30;

const TITLE = "a simulated program";
/** The title stands where the trace starts. */
const START = `(select min(ts) from slice where name = '${TITLE}')`;

/** A conversion, asked by SQL for what a person would read in it. */
export class PerfettoOutput {
  readonly #processor: TraceProcessor;

  private constructor(processor: TraceProcessor) {
    this.#processor = processor;
  }

  /** @param isFull whether the conversion is a full or a lean one */
  static async of(trace: Uint8Array, isFull: boolean, options = AS_GO_TELLS): Promise<PerfettoOutput> {
    const parts: Uint8Array[] = [];
    const write = (bytes: Uint8Array) => void parts.push(bytes.slice());
    const sink = isFull ? new FullSink(TITLE, options) : new LeanSink(TITLE, options);
    await convert(await openBytes(trace), sink, { write });
    return new PerfettoOutput(await TraceProcessor.load(Buffer.concat(parts)));
  }

  close(): void {
    this.#processor.close();
  }

  problems(): unknown[] {
    return this.#processor.problems();
  }

  /** Nanoseconds by goroutine in any of some states; what is open at the end lasts up to there. */
  stateTimes(end: number, ...states: readonly string[]): Map<number, number> {
    return this.#times(`select tid as key,
      sum(iif(dur < 0, ${START} + ${end} - ts, dur)) as value from thread_state join thread using (utid)
      where state in (${states.map((state) => `'${state}'`)}) and tid > 0 and tid < ${FIRST_PSEUDO} group by tid`);
  }

  /** The runs of the scheduling tables, on lanes too; one that is open at the end lasts up to there. */
  runs(end: number): Run[] {
    return this.#processor
      .query<{ goroutine: number; cpu: number; begin: number; end: number }>(
        `with life as materialized (select utid, s.ts, s.ts + s.dur as until, extract_arg(s.arg_set_id, 'debug.id') as id
          from slice s join thread_track t on s.track_id = t.id where s.category = 'go.goroutine')
        select coalesce(life.id, tid) as goroutine, cpu, r.ts - ${START} as begin,
          iif(dur < 0, ${end}, r.ts + dur - ${START}) as end
        from sched r join thread using (utid)
        left join life on life.utid = r.utid and life.ts <= r.ts and r.ts < life.until
        where tid > 0 and tid < ${FIRST_PSEUDO}`,
      )
      .map((row) => [row.goroutine, row.cpu, row.begin, row.end]);
  }

  /** The lives of goroutines on lanes: goroutine, beginning and end. */
  lives(): (readonly [goroutine: number, begin: number, end: number])[] {
    return this.#processor
      .query<{ id: number; begin: number; end: number }>(
        `select extract_arg(arg_set_id, 'debug.id') as id, ts - ${START} as begin, ts + dur - ${START} as end
        from slice where category = 'go.goroutine'`,
      )
      .map((row) => [row.id, row.begin, row.end]);
  }

  /** Nanoseconds by P in which something runs on it. */
  procTimes(): Map<number, number> {
    return this.#times(`select cpu as key, sum(dur) as value from sched join thread using (utid)
      where tid > 0 group by cpu`);
  }

  /** Slices of some categories on the tracks of goroutines. */
  ofGoroutines(...categories: readonly string[]): TrackSlice[] {
    const list = categories.map((category) => `'${category}'`);
    return this.#slices(`select tid as track, ${WAIT_REASON} as name, s.ts - ${START} as time, s.dur as dur from slice s
      join thread_track t on s.track_id = t.id join thread using (utid) where s.category in (${list})`);
  }

  /** Slices on other tracks, which are given by their track's name. */
  onTracks(condition: string): TrackSlice[] {
    return this.#slices(`select t.name as track, s.name as name, s.ts - ${START} as time, s.dur as dur
      from slice s join track t on s.track_id = t.id where ${condition}`);
  }

  /** Nanoseconds by the name of a P's or thread's own track, in slices whose names match a pattern. */
  carrierTimes(tracks: string, names: string): Map<string, number> {
    const rows = this.#processor.query<{ key: string; value: number }>(
      `select t.name as key, sum(s.dur) as value from slice s join track t on s.track_id = t.id
        where t.name glob '${tracks}' and s.name glob '${names}' group by t.name`,
    );
    return new Map(rows.filter(({ value }) => value > 0).map(({ key, value }) => [key, value]));
  }

  /** The arrows of the categories of unblocking and creating; from −1 where that was no goroutine. */
  arrows(): Arrow[] {
    const rows = this.#processor.query<{ waker: number; woken_at: number; tid: number; started_at: number }>(
      `select t1.tid as waker, o.ts - ${START} as woken_at, t2.tid as tid, i.ts - ${START} as started_at
        from flow f
        join slice o on f.slice_out = o.id join thread_track k1 on o.track_id = k1.id
        join thread t1 on k1.utid = t1.utid
        join slice i on f.slice_in = i.id join thread_track k2 on i.track_id = k2.id
        join thread t2 on k2.utid = t2.utid
        where o.category in ('go.unblock', 'go.create')`,
    );
    return rows.map(({ waker, woken_at, tid, started_at }) => [
      waker < FIRST_PSEUDO ? waker : -1,
      woken_at,
      tid,
      started_at,
    ]);
  }

  /** CPU samples: goroutine (−1 for none) and time. */
  samples(): (readonly [goroutine: number, time: number])[] {
    const rows = this.#processor.query<{ tid: number; time: number }>(
      `select tid, ts - ${START} as time from perf_sample join thread using (utid)
         where thread.name is not 'blocking profile'`,
    );
    return rows.map(({ tid, time }) => [tid < FIRST_PSEUDO ? tid : -1, time]);
  }

  /** Rows of the viewer's table of logs: goroutine, time, category and message. */
  logRows(): (readonly [goroutine: number, time: number, category: string, message: string])[] {
    const rows = this.#processor.query<{ tid: number; time: number; tag: string | null; msg: string }>(
      `select tid, ts - ${START} as time, tag, msg from android_logs join thread using (utid)`,
    );
    return rows.map(({ tid, time, tag, msg }) => [tid, time, tag ?? "", msg]);
  }

  #times(sql: string): Map<number, number> {
    const rows = this.#processor.query<{ key: number; value: number }>(sql);
    return new Map(rows.filter(({ value }) => value > 0).map(({ key, value }) => [key, value]));
  }

  #slices(sql: string): TrackSlice[] {
    const rows = this.#processor.query<{ track: number | string; name: string; time: number; dur: number }>(
      sql,
    );
    return rows.map(({ track, name, time, dur }) => [track, name, time, dur]);
  }
}
