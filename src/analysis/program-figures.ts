import type { Analysis } from "./analysis.js";
import { Extent } from "./extent.js";
import { GcCycles } from "./gc/gc-cycles.js";
import { ProcUse } from "./proc-use.js";

/** What statistics and findings both need of a program; one pass computes it once for them. */
export class ProgramFigures {
  readonly extent = new Extent();
  readonly gc: GcCycles;
  readonly procs = new ProcUse();

  /** @param cycles number of the longest GC cycles to keep */
  constructor(cycles: number) {
    this.gc = new GcCycles(cycles);
  }

  /** The analyses to feed with the trace. */
  get analyses(): Analysis[] {
    return [this.extent, this.gc, this.procs];
  }
}
