import { BACKGROUND_TASK, NONE } from "../../../base/ids.js";
import type { EventBlock } from "../../../event/block.js";
import { EventKind, RegionMatch } from "../../../event/kind.js";
import type { LinkLog } from "../../../event/link-log.js";
import type { Reported } from "../../analysis.js";
import { UserRegions } from "../../profile/user-regions.js";
import { ProgramTraces } from "../../program-traces.js";

const K = EventKind;
/** Open tasks kept; a program with more does not end them. */
const OPEN = 1 << 20;

/** Whose time is explained: regions of a name, tasks of a type or one task, or the lives of some goroutines. */
export type PathQuery =
  | { readonly region: string }
  | { readonly taskType: string }
  | { readonly task: number }
  | { readonly goroutines: Reported };

/** A region, task or goroutine that has ended. */
export interface Instance {
  /** Of the task or goroutine; of the goroutine for a region. */
  readonly id: number;
  readonly since: number;
  readonly until: number;
  /** Slot of the goroutine on which it ended. */
  readonly slot: number;
  /** Of the trace in the program's own tracing that a task belongs to, if the program logged it. */
  readonly traceId?: string | undefined;
}

/** Finds the instances of a query that begin and end in the trace. */
export class Instances {
  readonly #query: PathQuery;
  readonly #ended: (instance: Instance) => void;
  readonly #regions = new UserRegions();
  /** Open tasks: when they began. */
  readonly #tasks = new Map<number, number>();
  /** For tasks. */
  readonly #traces: ProgramTraces;
  /** By slot: when the goroutine was created; −1 if not in the trace. */
  readonly #created: number[] = [];
  #block!: EventBlock;

  /** @param linkLogs keys of logs that hold ids of the program's own tracing, besides the known ones */
  constructor(query: PathQuery, ended: (instance: Instance) => void, linkLogs?: readonly LinkLog[]) {
    this.#traces = new ProgramTraces(linkLogs);
    this.#query = query;
    this.#ended = ended;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#regions.block(block);
  }

  /** A goroutine begins. @param isSeen whether its creation is in the trace */
  begin(slot: number, time: number, isSeen: boolean): void {
    this.#created[slot] = isSeen ? time : NONE;
    this.#regions.endAll(slot);
  }

  /** A goroutine ends. */
  end(slot: number, id: number, time: number): void {
    this.#regions.endAll(slot);
    const since = this.#created[slot] ?? NONE;
    if ("goroutines" in this.#query && since !== NONE && this.#query.goroutines.has(id))
      this.#ended({ id, since, until: time, slot });
  }

  /** A region's or task's event on a goroutine. @param slot the goroutine's, or −1 */
  event(event: number, slot: number): void {
    const kind = this.#block.kind[event];
    if (kind === K.RegionBegin && slot !== NONE) this.#regions.begin(slot, this.#block, event);
    else if (kind === K.RegionEnd && slot !== NONE) this.#regionEnd(event, slot);
    else if (kind === K.TaskBegin) this.#taskBegin(event);
    else if (kind === K.TaskEnd) this.#taskEnd(event, slot);
    else if (kind === K.Log) this.#traces.log(this.#block, event);
  }

  #regionEnd(event: number, slot: number): void {
    const block = this.#block;
    const within = block.value[event] as number;
    if (within === RegionMatch.None) return;
    const { names, stacks } = this.#regions;
    const region = stacks.around(slot, within);
    if (region === NONE) return;
    const name = names.text(stacks.name[region] as number);
    const since = stacks.since[region] as number;
    if ("region" in this.#query && name === this.#query.region && since >= 0)
      this.#ended({ id: block.goroutine[event] as number, since, until: block.time[event] as number, slot });
    stacks.end(slot, region);
  }

  #taskBegin(event: number): void {
    const { generation, goroutine, name, subject, time, value } = this.#block;
    const id = subject[event] as number;
    const query = this.#query;
    this.#traces.begin(id, value[event] as number, goroutine[event] as number);
    // At the edge of a part it is only reported as open.
    if (generation?.isSnapshot) return;
    const isMeant =
      ("task" in query && query.task === id) ||
      ("taskType" in query && generation?.strings.text(name[event] as number) === query.taskType);
    if (isMeant && id !== BACKGROUND_TASK && this.#tasks.size < OPEN)
      this.#tasks.set(id, time[event] as number);
  }

  #taskEnd(event: number, slot: number): void {
    const id = this.#block.subject[event] as number;
    const since = this.#tasks.get(id);
    const traceId = since === undefined ? undefined : this.#traces.of(id);
    this.#traces.end(id);
    if (since === undefined) return;
    this.#tasks.delete(id);
    if (slot !== NONE) this.#ended({ id, since, until: this.#block.time[event] as number, slot, traceId });
  }
}
