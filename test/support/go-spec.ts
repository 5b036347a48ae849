/** An event as the table of Go's own tracer has it. */
export interface GoEventSpec {
  readonly type: number;
  readonly name: string;
  /** With the time delta of timed events, and types behind an underscore where there are any: `name_string`. */
  readonly args: readonly string[];
  readonly timed: boolean;
  /** Constant name of the event that begins the same range. */
  readonly startEvent: string | undefined;
  readonly experiment: string | undefined;
}

/** The first number of a group of constants, by how its first line ends. */
const FIRST_EXPERIMENTAL = /MaxEvent EventType = (\d+) \+ iota/;

/**
 * Reads the tables of Go's internal/trace/tracev2/events.go.
 * @throws Error if the file is not laid out as expected
 */
export function parseGoEvents(source: string): GoEventSpec[] {
  const types = new Map([...plainTypes(source), ...experimentalTypes(source)]);
  const table = between(source, "var specs = [...]EventSpec{", "\n}\n");
  const entries = [...table.matchAll(/^\t(Ev\w+): \{\n([\s\S]*?)^\t\},/gm)];
  return entries.map(([, constant = "", body = ""]) => {
    const type = types.get(constant);
    if (type === undefined) throw new Error(`no number for ${constant}`);
    return entry(type, body);
  });
}

function entry(type: number, body: string): GoEventSpec {
  const field = (name: string) => new RegExp(`^\\t\\t${name}: +(.*),$`, "m").exec(body)?.[1];
  const args = field("Args") ?? "";
  return {
    type,
    name: (field("Name") ?? "").replaceAll('"', ""),
    args: [...args.matchAll(/"(\w+)"/g)].map(([, arg = ""]) => arg),
    timed: field("IsTimedEvent") === "true",
    startEvent: field("StartEv"),
    experiment: field("Experiment"),
  };
}

function plainTypes(source: string): [string, number][] {
  return numbered(between(source, "const (\n\tEvNone EventType = iota", "\n)\n"), 1);
}

function experimentalTypes(source: string): [string, number][] {
  const first = Number(FIRST_EXPERIMENTAL.exec(source)?.[1]);
  return numbered(between(source, "MaxEvent EventType = ", "\n)\n"), first + 1);
}

function numbered(constants: string, first: number): [string, number][] {
  const names = [...constants.matchAll(/^\t(Ev\w+)/gm)].map(([, name = ""]) => name);
  return names.map((name, i) => [name, first + i]);
}

function between(source: string, start: string, end: string): string {
  const from = source.indexOf(start);
  const to = source.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`no ${start.trim()}`);
  return source.slice(from + start.length, to);
}
