import { describe, expect, test } from "vitest";
import { type Analysis, analyze } from "../../../src/analysis/analysis.js";
import { AssistSites } from "../../../src/analysis/explain/assist-sites.js";
import type { SiteTable } from "../../../src/analysis/explain/site-table.js";
import { StopDelays } from "../../../src/analysis/explain/stop-delays.js";
import { SyscallSites } from "../../../src/analysis/explain/syscall-sites.js";
import { Waits } from "../../../src/analysis/explain/waits.js";
import { GcCycles } from "../../../src/analysis/gc/gc-cycles.js";
import { Profiles } from "../../../src/analysis/profile/profiles.js";
import type { EventBlock } from "../../../src/event/block.js";
import { EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import { otherTraces, variedTraces } from "../../support/corpus.js";

/** Sums of all sites: intervals and nanoseconds. */
function sumsOf({ count, length, total }: SiteTable): [number, number] {
  const sum = (column: Float64Array) => column.subarray(0, length).reduce((all, value) => all + value, 0);
  return [sum(count), sum(total)];
}

function sumsOfProfile(profiles: Profiles, kind: "sync" | "syscall"): [number, number] {
  const { samples } = profiles.profile(kind);
  const sum = (at: number) => samples.reduce((all, { values }) => all + (values[at] ?? 0), 0);
  return [sum(0), sum(1)];
}

/** Ids of the goroutines that serve calls from C. */
async function cgoGoroutines(path: string): Promise<ReadonlySet<number>> {
  const ids = new Set<number>();
  const block = ({ kind, length, subject }: EventBlock) => {
    for (let i = 0; i < length; i++) if (kind[i] === EventKind.GoCreateSyscall) ids.add(subject[i] as number);
  };
  await analyze(await openTraceFile(path), [{ block }]);
  return ids;
}

/** Counts system calls that began and ended in the trace, and ended without the P. */
class CallsWithoutProc implements Analysis {
  count = 0;
  readonly #served: ReadonlySet<number>;
  readonly #calling = new Set<number>();

  /** @param served goroutines that do not count */
  constructor(served: ReadonlySet<number>) {
    this.#served = served;
  }

  block({ kind, length, subject }: EventBlock): void {
    for (let i = 0; i < length; i++) {
      const id = subject[i] as number;
      if (kind[i] === EventKind.GoSyscallBegin && !this.#served.has(id)) this.#calling.add(id);
      else if (kind[i] === EventKind.GoSyscallEnd) this.#calling.delete(id);
      else if (kind[i] === EventKind.GoSyscallEndBlocked && this.#calling.delete(id)) this.count++;
    }
  }
}

describe.each([...variedTraces(), ...otherTraces()])("the sums of explain, of $name,", ({ path }) => {
  test("are those of the profiles and of stats", async () => {
    const served = await cgoGoroutines(path);
    const waits = new Waits();
    const syscalls = new SyscallSites({ has: (goroutine) => !served.has(goroutine) });
    const assists = new AssistSites(waits);
    const stops = new StopDelays(waits);
    // Go's tools leave out lives of goroutines that serve calls from C, and calls that began before the trace.
    const sync = new Profiles({ kinds: ["sync"], fromCreation: true });
    const syscall = new Profiles({ kinds: ["syscall"], goroutine: (id) => !served.has(id) });
    const calls = new CallsWithoutProc(served);
    const gc = new GcCycles();
    await analyze(await openTraceFile(path), [waits, syscalls, assists, stops, sync, syscall, gc, calls]);
    expect(sumsOf(waits.sites.table)).toEqual(sumsOfProfile(sync, "sync"));
    expect(sumsOf(syscalls.table)).toEqual(sumsOfProfile(syscall, "syscall"));
    const lost = syscalls.lostProc.reduce((all, value) => all + (value ?? 0), 0);
    expect(lost).toBe(calls.count);
    const { durations } = gc.assists;
    expect(sumsOf(assists.table)).toEqual([durations.count, durations.total]);
    const stopRows = stops.rows.map(({ kind, count, total }) => [kind, count, total]);
    const whole = gc.stops.filter((row) => row.durations.count > 0);
    expect(stopRows).toEqual(whole.map((row) => [row.kind, row.durations.count, row.durations.total]));
    for (const { delay, total } of stops.rows) expect(delay).toBeLessThanOrEqual(total);
  });

  test("leave nothing out of what the other goroutine did", async () => {
    const waits = new Waits();
    await analyze(await openTraceFile(path), [waits]);
    const { doing, table } = waits.sites;
    const split = doing.reduce((all, value) => all + value, 0);
    const [, total] = sumsOf(table);
    expect(split).toBeLessThanOrEqual(total * (1 + 1e-9));
  });
});
