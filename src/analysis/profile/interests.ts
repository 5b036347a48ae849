import { SchedState } from "../../sched/state.js";
import { ACTIVITY_OF_STATE, kindInfo, type ProfileKind } from "./kinds.js";

/** What has to be looked at for some kinds of profiles. */
export class Interests {
  /** By {@link Activity}: 1 if it is sampled. */
  readonly activities = new Uint8Array(6);
  /** By {@link SchedState}: 1 if it matters that a goroutine leaves or enters it. */
  readonly leaves = new Uint8Array(6);
  readonly enters = new Uint8Array(6);

  /** @param regions whether regions are chosen, which some waits end */
  constructor(kinds: readonly ProfileKind[], regions: boolean) {
    for (const kind of kinds) this.activities[kindInfo(kind).activity] = 1;
    ACTIVITY_OF_STATE.forEach((activity, state) => {
      this.leaves[state] = this.activities[activity] as number;
      this.enters[state] = this.activities[activity] as number;
    });
    // That a goroutine has run decides on what came before; and it is where events of regions happen.
    this.enters[SchedState.Running] = 1;
    if (regions) this.enters[SchedState.Waiting] = 1;
  }
}
