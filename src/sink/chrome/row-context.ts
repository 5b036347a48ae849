import { SlotIndex } from "../../base/slot-index.js";
import type { SchedModel } from "../../sched/model.js";
import { Arrows } from "./arrows.js";
import { ProcLanes } from "./carrier-rows.js";
import type { EventWriter } from "./event-writer.js";
import { GoroutineNames } from "./goroutine-names.js";
import type { Descriptions } from "./processes.js";

/** What all rows share: the scheduler model, the output, names and arrows. */
export class RowContext {
  readonly model: SchedModel;
  /** Slots of the model, by ids of goroutines. */
  readonly slots = new SlotIndex();
  readonly events: EventWriter;
  readonly descriptions: Descriptions;
  readonly names: GoroutineNames;
  readonly arrows: Arrows;
  readonly lanes: ProcLanes;

  constructor(model: SchedModel, events: EventWriter, descriptions: Descriptions) {
    this.model = model;
    this.events = events;
    this.descriptions = descriptions;
    this.names = new GoroutineNames(model, events);
    this.arrows = new Arrows(events, model.reasons);
    this.lanes = new ProcLanes(descriptions);
  }
}
