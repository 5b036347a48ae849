import { NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import { creatorOf, type EventBlock, endsAgain } from "../../event/block.js";
import { EventKind, isRange, isUser, kindsThat, RegionMatch } from "../../event/kind.js";
import type { LinkLog } from "../../event/link-log.js";
import { isSystem } from "../../event/start-frame.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import type { NewNames } from "../../sched/new-names.js";
import { rangePhase } from "../../sched/ranges.js";
import { SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import type { NamedHistogram } from "../histogram.js";
import { ProgramTraces } from "../program-traces.js";
import { type Keep, KeptRows } from "../top-list.js";
import { FunctionTimes } from "./function-times.js";
import { GoroutineTimes } from "./goroutine-times.js";
import { type FinishedRegion, RegionTimes } from "./region-times.js";
import type {
  FunctionRow,
  GoroutineRow,
  LogRow,
  RegionNameRow,
  RegionRow,
  RegionTypeRow,
  TaskRow,
  TaskTypeRow,
} from "./rows.js";
import { TaskTable } from "./task-table.js";
import { Time } from "./times-table.js";

const K = EventKind;
const { None, Waiting } = SchedState;
/** A goroutine that waits for this never returns. As in Go's own summarizer, that is its end. */
const FOREVER = "forever";

export interface SummaryOptions {
  /**
   * `true` keeps a row for each goroutine, region, task and log, so memory grows with their number. A number keeps that
   * many goroutines with the most execution time, and of the longest tasks and regions; no logs.
   */
  readonly rows?: boolean | number;
  /** Goroutines to report, with their regions and logs, and the tasks that they work for; all by default. */
  readonly reported?: Reported;
  /** Keys of logs that hold ids of the program's own tracing, besides the known ones. */
  readonly linkLogs?: readonly LinkLog[] | undefined;
}

/**
 * Times of goroutines by start function, of user regions by name and place, and of tasks by type: the figures of Go's
 * own summarizer (`go tool trace`), to the nanosecond. It keeps that one's peculiarities, which {@link SyscallTimes}
 * lists, except that each use of a reused goroutine id counts, not only the last.
 *
 * Without rows, memory grows with live goroutines, regions and tasks, and with distinct functions, reasons and names.
 */
export class Summary implements Analysis {
  readonly otherKinds = kindsThat((kind) => kind === K.Sync || isRange(kind) || isUser(kind));
  /** Execution time of all goroutines, reported or not, in nanoseconds. */
  execution = 0;
  readonly #keep: Keep;
  readonly #reported: Reported;
  readonly #goroutineRows: KeptRows<GoroutineRow>;
  readonly #regionRows: KeptRows<RegionRow>;
  readonly #logRows: LogRow[] = [];
  readonly #slots = new SlotIndex();
  readonly #traces: ProgramTraces;
  readonly #tasks: TaskTable;
  readonly #functions = new FunctionTimes();
  #model!: SchedModel;
  #times!: GoroutineTimes;
  #regions!: RegionTimes;
  #block!: EventBlock;
  /** By slot, for rows: the first address seen in the start function, and the number of regions. */
  readonly #pcs: (bigint | undefined)[] = [];
  readonly #regionCounts: number[] = [];
  /** By number of a reason: whether it is {@link FOREVER}. */
  readonly #forever: boolean[] = [];

  constructor(options: SummaryOptions = {}) {
    this.#keep = options.rows ?? false;
    this.#reported = options.reported ?? ALL;
    this.#goroutineRows = new KeptRows(this.#keep);
    this.#regionRows = new KeptRows(this.#keep);
    this.#traces = new ProgramTraces(options.linkLogs);
    this.#tasks = new TaskTable(this.#keep, this.#reported, this.#traces);
  }

  /** Goroutines by start function, in the order of the first end. */
  get functions(): FunctionRow[] {
    return this.#functions.rows(this.#functionName, this.#reason, this.#range);
  }

  get regionTypes(): RegionTypeRow[] {
    return [...this.eachRegionType()];
  }

  /** The rows of {@link regionTypes}, made one by one. */
  eachRegionType(): Iterable<RegionTypeRow> {
    return this.#regions.types.rows(this.#reason, this.#range);
  }

  get regionNames(): RegionNameRow[] {
    return this.#regions.types.names();
  }

  get taskTypes(): TaskTypeRow[] {
    return this.#tasks.types();
  }

  /** Latencies of whole tasks by type, and of whole regions by name. */
  get taskLatencies(): NamedHistogram[] {
    return this.#tasks.latencies();
  }

  get regionLatencies(): NamedHistogram[] {
    return this.#regions.types.latencies();
  }

  /** Number of goroutines. */
  get goroutineCount(): number {
    return this.#functions.goroutines;
  }

  /** Goroutines in the order of their ends, or those that ran most; empty without `rows`. */
  get goroutines(): readonly GoroutineRow[] {
    return this.#goroutineRows.rows();
  }

  /** Regions in the order of their ends, or the longest; empty without `rows`. */
  get regions(): readonly RegionRow[] {
    return this.#regionRows.rows();
  }

  /** Tasks by id, or the longest; empty without `rows`. */
  get tasks(): readonly TaskRow[] {
    return this.#tasks.rows();
  }

  /** Log messages in order; empty without `rows`. */
  get logs(): readonly LogRow[] {
    return this.#logRows;
  }

  start(model: SchedModel): void {
    this.#model = model;
    this.#times = new GoroutineTimes(model, this.#slots);
    this.#regions = new RegionTimes(
      this.#times,
      this.#reported,
      (total) => this.#regionRows.admits(total),
      (region) => this.#keepRegion(region),
    );
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#times.ranges.names.block(block);
    this.#regions.types.enter(block.generation);
  }

  changes(changes: Changes): void {
    const { length, names } = changes;
    let named = 0;
    for (let i = 0; i < length; i++) {
      while (named < names.length && (names.place[named] as number) <= i) this.#named(names, named++);
      if (this.#isEdge(changes, i)) this.#beginOrEnd(changes, i);
      else this.#times.change(changes, i);
    }
    while (named < names.length) this.#named(names, named++);
  }

  other(event: number): void {
    const block = this.#block;
    const kind = block.kind[event] as number;
    if (rangePhase(kind) !== NONE) this.#times.range(block, event);
    else if (kind === K.Sync) this.#times.ranges.sync(block.time[event] as number);
    else if (kind === K.RegionBegin || kind === K.RegionEnd) this.#region(event, kind);
    else if (kind === K.TaskBegin || kind === K.TaskEnd) this.#task(event, kind);
    else if (kind === K.Log) this.#log(event);
  }

  cut(slot: number, time: number): void {
    const { func, id } = this.#model.goroutines;
    this.#end(slot, id[slot] as number, func[slot] as number, time, NONE, true);
  }

  finish(time: number): void {
    this.#tasks.finish(time);
  }

  /** Whether a goroutine begins or ends with a change, which few changes are. */
  #isEdge({ from, to, toReason }: Changes, i: number): boolean {
    if (from[i] === None || to[i] === None) return true;
    return to[i] === Waiting && this.#isForever(toReason[i] as number);
  }

  #isForever(reason: number): boolean {
    if (reason === NONE) return false;
    this.#forever[reason] ??= this.#model.reasons.text(reason) === FOREVER;
    return this.#forever[reason];
  }

  #beginOrEnd(changes: Changes, i: number): void {
    const { event, from, func, goroutine, slot: slots, time, to, toReason } = changes;
    const slot = slots[i] as number;
    const id = goroutine[i] as number;
    const now = this.#block.time[event[i] as number] as number;
    this.#times.leave(changes, i, now);
    if (to[i] === None) this.#end(slot, id, func[i] as number, now, now, false);
    this.#times.enter(changes, i, now);
    const isOver = to[i] === Waiting && this.#isForever(toReason[i] as number);
    if (from[i] === None) this.#begin(slot, id, time[i] as number, event[i] as number, isOver);
    if (isOver) this.#end(slot, id, func[i] as number, time[i] as number, time[i] as number, false);
  }

  #named({ slot, stack }: NewNames, i: number): void {
    if (this.#keep === false) return;
    const frames = this.#block.generation?.stacks.frames(stack[i] as number);
    this.#pcs[slot[i] as number] = frames?.at(-1)?.pc;
  }

  #begin(slot: number, id: number, time: number, event: number, isOver: boolean): void {
    const block = this.#block;
    this.#slots.set(id, slot);
    if (block.kind[event] !== K.GoSnapshot)
      this.#regions.create(slot, this.#slots.get(creatorOf(block, event)), time);
    else this.#regions.inherit(slot, isOver ? NONE : (block.value2[event] as number));
    this.#regionCounts[slot] = 0;
  }

  /** A goroutine or the trace ends. @param ended when the goroutine did; −1 if it did not */
  #end(slot: number, id: number, func: number, now: number, ended: number, open: boolean): void {
    if (this.#times.ended[slot]) return;
    this.#times.end(slot, now, open);
    const name = this.#functionName(func);
    const closed = this.#regions.endAll(slot, id, ended, isSystem(name));
    const exec = this.#times.table.get(slot, Time.Exec);
    this.execution += exec;
    if (this.#reported.has(id)) {
      this.#functions.add(func, this.#times.table, slot);
      if (this.#goroutineRows.admits(exec)) this.#keepGoroutine(slot, id, name, ended, closed);
    }
    this.#slots.delete(id);
    this.#pcs[slot] = undefined;
  }

  #keepGoroutine(slot: number, id: number, name: string, ended: number, closedRegions: number): void {
    const { created, started, table } = this.#times;
    this.#goroutineRows.add(table.get(slot, Time.Exec), {
      id,
      function: name,
      pc: this.#pcs[slot],
      created: created[slot] as number,
      started: started[slot] === NONE ? undefined : (started[slot] as number),
      ended: ended === NONE ? undefined : ended,
      times: table.read(slot, this.#reason, this.#range),
      regions: (this.#regionCounts[slot] ?? 0) + closedRegions,
    });
  }

  #keepRegion({ since, until, ...region }: FinishedRegion): void {
    const { times } = this.#regions;
    this.#regionRows.add(times.get(0, Time.Total), {
      ...region,
      since: since === NONE ? undefined : since,
      until: until === NONE ? undefined : until,
      times: times.read(0, this.#reason, this.#range),
    });
  }

  #region(event: number, kind: number): void {
    const block = this.#block;
    const goroutine = block.goroutine[event] as number;
    const slot = this.#slots.get(goroutine);
    const isUnmatched = kind === K.RegionEnd && block.value[event] === RegionMatch.None;
    if (slot === NONE || isUnmatched) return;
    let isNew = true;
    if (kind === K.RegionBegin) this.#regions.begin(slot, block, event);
    else {
      isNew = this.#regions.end(slot, block, event);
      this.#regionCounts[slot] = (this.#regionCounts[slot] ?? 0) + 1;
    }
    if (isNew) this.#tasks.region(block.subject[event] as number, goroutine);
  }

  #task(event: number, kind: number): void {
    const block = this.#block;
    const type = this.#text(block.name[event] as number);
    const id = block.subject[event] as number;
    const parent = block.value[event] as number;
    const time = block.time[event] as number;
    const goroutine = block.goroutine[event] as number;
    const begin = block.generation?.isSnapshot ? NONE : time;
    if (kind === K.TaskBegin) {
      this.#traces.begin(id, parent, goroutine);
      this.#tasks.begin(id, type, parent, begin, goroutine);
    } else if (!endsAgain(block, event)) {
      this.#tasks.end(id, type, parent, time, goroutine);
      this.#traces.end(id);
    }
  }

  #log(event: number): void {
    const block = this.#block;
    const task = block.subject[event] as number;
    const goroutine = block.goroutine[event] as number;
    this.#tasks.log(task, goroutine);
    this.#traces.log(block, event);
    if (this.#keep !== true || !this.#reported.has(goroutine)) return;
    const category = this.#text(block.name[event] as number);
    const message = this.#text(block.text[event] as number);
    this.#logRows.push({ time: block.time[event] as number, goroutine, task, category, message });
  }

  #text(index: number): string {
    return this.#block.generation?.strings.text(index) ?? "";
  }

  readonly #functionName = (func: number): string => (func < 0 ? "" : this.#model.functions.text(func));
  readonly #reason = (reason: number): string => (reason < 0 ? "" : this.#model.reasons.text(reason));
  readonly #range = (name: number): string => this.#times.ranges.names.names.text(name);
}
