/** An event as `go tool trace -d=parsed` prints it, without its stacks. */
export interface OfficialEvent {
  /** Nanoseconds since the first event. */
  readonly time: number;
  readonly goroutine: number;
  /** Go's name of the class. */
  readonly kind: string;
  /** `name=value` of what else it has, quotes taken away; a transition's states are `from` and `to`. */
  readonly fields: Readonly<Record<string, string>>;
}

const HEAD = /^M=(-?\d+) P=(-?\d+) G=(-?\d+) (\w+) Time=(-?\d+)(.*)$/gm;
const FIELD = /(\w+)=("(?:[^"\\]|\\.)*"|\S+)|(\w+)->(\w+)/g;

/** Takes Go's text apart. */
export function officialEvents(text: string): OfficialEvent[] {
  let first: number | undefined;
  return [...text.matchAll(HEAD)].map(([, , , goroutine, kind = "", time, rest = ""]) => {
    first ??= Number(time);
    return { time: Number(time) - first, goroutine: Number(goroutine), kind, fields: fieldsOf(rest) };
  });
}

function fieldsOf(rest: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, name, value = "", from, to] of rest.matchAll(FIELD)) {
    if (name !== undefined) fields[name] = value.startsWith('"') ? value.slice(1, -1) : value;
    else Object.assign(fields, { from, to });
  }
  return fields;
}

/** What is the case after some events, in words. */
export function officialCase(events: readonly OfficialEvent[]): string[] {
  const goroutines = new Map<string, string>();
  const facts = new Map<string, string>();
  const regions = new Map<number, string[]>();
  for (const { kind, fields, goroutine } of events) {
    const { GoID, ProcID, Name, Scope, Value, ID, Type, Parent, from, to, Reason } = fields;
    if (kind === "StateTransition" && GoID !== undefined && to === "NotExist") {
      goroutines.delete(GoID);
      facts.delete(`label of Goroutine(${GoID})`);
      regions.delete(Number(GoID));
    } else if (kind === "StateTransition" && GoID !== undefined && from !== to) {
      goroutines.set(GoID, `${to} ${Reason}`);
    } else if (kind === "StateTransition" && ProcID !== undefined) facts.set(`P ${ProcID}`, to ?? "");
    else if (kind === "RangeBegin" || kind === "RangeActive") facts.set(`${Name} ${Scope}`, "under way");
    else if (kind === "RangeEnd") facts.delete(`${Name} ${Scope}`);
    else if (kind === "Metric") facts.set(`${Name}`, Value ?? "");
    else if (kind === "Label") facts.set(`label of ${fields.Resource}`, fields.Label ?? "");
    else if (kind === "TaskBegin") facts.set(`task ${ID}`, `${Type} ${Parent}`);
    else if (kind === "TaskEnd") facts.delete(`task ${ID}`);
    else if (kind === "RegionBegin")
      regions.set(goroutine, [...(regions.get(goroutine) ?? []), `${fields.Task} ${Type}`]);
    else if (kind === "RegionEnd") regions.get(goroutine)?.pop();
  }
  const inRegions = [...regions].filter(([, open]) => open.length > 0);
  return [
    ...[...goroutines].map(([id, state]) => `goroutine ${id}: ${state}`),
    ...[...facts].map(([what, value]) => `${what}: ${value}`),
    ...inRegions.map(([id, open]) => `goroutine ${id} in ${open.join(", ")}`),
  ].sort();
}
