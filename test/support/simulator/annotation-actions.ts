import { type Action, ownStack, type Simulation, userCodeOn } from "./action.js";
import { stackText } from "./wire-tables.js";
import type { Goroutine, Thread } from "./world.js";

const TASKS = ["request", "batch job", 'load: "x"'];
const REGIONS = ["parse", "query", "render"];
const LABELS = ["GC (dedicated)", "GC (idle)", ""];

/** What programs say of themselves. */
export const USER_ACTIONS: readonly Action[] = [
  { weight: 2, run: beginTask },
  { weight: 2, run: endTask },
  { weight: 4, run: beginRegion },
  { weight: 4, run: endRegion },
  { weight: 3, run: log },
];
/** What the runtime says of a goroutine that works for it. */
export const LABEL_ACTIONS: readonly Action[] = [{ weight: 1, run: label }];
export const SAMPLE_ACTIONS: readonly Action[] = [{ weight: 2, run: sample }];

/** One of the tasks under way, or the background task. */
function anyTask({ random, tasks }: Simulation): number {
  return tasks.size === 0 || random.chance(0.3) ? 0 : random.pick([...tasks.keys()]);
}

function beginTask(sim: Simulation, thread: Thread): boolean {
  const goroutine = userCodeOn(thread);
  if (goroutine === undefined) return false;
  const { random, scribe } = sim;
  const task = sim.nextTask++;
  const parent = anyTask(sim);
  const name = random.pick(TASKS);
  const stack = ownStack(sim, goroutine);
  const args = [task, parent, scribe.string(name), scribe.stack(stack)];
  const said = { subject: task, value: parent === 0 ? -1 : parent, name, stack: stackText(stack) };
  scribe.record(thread, "UserTaskBegin", args, "TaskBegin", said);
  sim.tasks.set(task, { name, parent: said.value });
  return true;
}

/** Any goroutine may end a task, also one that began before the trace. */
function endTask(sim: Simulation, thread: Thread): boolean {
  const goroutine = userCodeOn(thread);
  if (goroutine === undefined) return false;
  const { random, scribe, tasks } = sim;
  const isOld = random.chance(0.05);
  if (tasks.size === 0 && !isOld) return false;
  const task = isOld ? sim.oldTask-- : random.pick([...tasks.keys()]);
  const { name, parent } = tasks.get(task) ?? { name: "", parent: -1 };
  const stack = ownStack(sim, goroutine);
  const said = { subject: task, value: parent, name, stack: stackText(stack) };
  scribe.record(thread, "UserTaskEnd", [task, scribe.stack(stack)], "TaskEnd", said);
  tasks.delete(task);
  return true;
}

function beginRegion(sim: Simulation, thread: Thread): boolean {
  const goroutine = userCodeOn(thread);
  if (goroutine === undefined || goroutine.regions.length > 4) return false;
  const region = { task: anyTask(sim), name: sim.random.pick(REGIONS) };
  goroutine.regions.push(region);
  recordRegion(sim, thread, goroutine, "RegionBegin", region);
  return true;
}

/** The innermost ends, or one that began before the trace. */
function endRegion(sim: Simulation, thread: Thread): boolean {
  const goroutine = userCodeOn(thread);
  if (goroutine === undefined) return false;
  const region = goroutine.regions.pop();
  if (region === undefined && !(goroutine.isOld && sim.random.chance(0.2))) return false;
  const ended = region ?? { task: 0, name: sim.random.pick(REGIONS) };
  recordRegion(sim, thread, goroutine, "RegionEnd", ended);
  return true;
}

function recordRegion(
  sim: Simulation,
  thread: Thread,
  goroutine: Goroutine,
  kind: "RegionBegin" | "RegionEnd",
  { task, name }: Goroutine["regions"][number],
): void {
  const { scribe } = sim;
  const stack = ownStack(sim, goroutine);
  const args = [task, scribe.string(name), scribe.stack(stack)];
  scribe.record(thread, `User${kind}`, args, kind, { subject: task, name, stack: stackText(stack) });
}

function log(sim: Simulation, thread: Thread): boolean {
  const goroutine = userCodeOn(thread);
  if (goroutine === undefined) return false;
  const { random, scribe } = sim;
  const task = anyTask(sim);
  const name = random.pick(["", "db", "cache"]);
  const text = `message ${random.between(1, 50)}`;
  const stack = ownStack(sim, goroutine);
  const args = [task, scribe.string(name), scribe.string(text), scribe.stack(stack)];
  scribe.record(thread, "UserLog", args, "Log", { subject: task, name, text, stack: stackText(stack) });
  return true;
}

function label({ random, scribe }: Simulation, thread: Thread): boolean {
  const goroutine = userCodeOn(thread);
  if (goroutine === undefined) return false;
  const name = random.pick(LABELS);
  scribe.record(thread, "GoLabel", [scribe.string(name)], "GoLabel", { subject: goroutine.id, name });
  return true;
}

/** Code of a goroutine or of the runtime, on a thread that works. */
function sample(sim: Simulation, thread: Thread): boolean {
  if (thread.proc?.state !== "running") return false;
  const { goroutine } = thread;
  sim.scribe.sample(thread, goroutine === undefined ? ["runtime.schedule:4"] : ownStack(sim, goroutine));
  return true;
}
