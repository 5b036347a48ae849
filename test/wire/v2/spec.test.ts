import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../../../src/event/kind.js";
import { TRACE_FORMATS } from "../../../src/wire/format.js";
import { WIRE_EVENTS, type WireArg, wireEvent, wireName, wireType } from "../../../src/wire/v2/spec.js";
import { type GoEventSpec, parseGoEvents } from "../../support/go-spec.js";
import { goSourceWith } from "../../support/go-tool.js";

/** The runtime keeps no event with more, the time delta included. */
const MOST_TIMED_ARGS = 5;

describe("the table of wire events", () => {
  it("has each type and each name once", () => {
    expect(new Set(WIRE_EVENTS.map(({ type }) => type)).size).toBe(WIRE_EVENTS.length);
    expect(new Set(WIRE_EVENTS.map(({ name }) => name)).size).toBe(WIRE_EVENTS.length);
  });

  it("is found by type and by name", () => {
    for (const event of WIRE_EVENTS) {
      expect(wireEvent(event.type)).toBe(event);
      expect(wireType(event.name)).toBe(event.type);
      expect(wireName(event.type)).toBe(event.name);
    }
    expect(wireEvent(0)).toBeUndefined();
    expect(wireName(255)).toBe("unknown event 255");
    expect(() => wireType("Nothing")).toThrow("Nothing");
  });

  it.each(WIRE_EVENTS)("is sound: $name", (event) => {
    const names = event.args.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(event.type > 127).toBe(event.experiment !== undefined);
    expect(event.timed).toBe(event.kind !== undefined);
    if (event.timed) expect(event.args.length).toBeLessThan(MOST_TIMED_ARGS);
    const formats = TRACE_FORMATS.filter(({ generation }) => generation === 2).map(({ minor }) => minor);
    expect(formats).toContain(event.since);
  });

  it.each(WIRE_EVENTS.filter(({ begins }) => begins !== undefined))(
    "$name is of what $begins begins",
    ({ name, begins = "" }) => {
      const begin = wireEvent(wireType(begins));
      expect(begin?.timed).toBe(true);
      expect(begin?.begins).toBeUndefined();
      expect(name).toMatch(/End|Active/);
    },
  );

  it("leads to every kind of event but those that are made up", () => {
    const kinds = new Set(WIRE_EVENTS.flatMap(({ kind }) => (kind === undefined ? [] : [kind])));
    const others = EVENT_KINDS.filter((_, kind) => !(kinds as Set<number>).has(kind)).map(({ name }) => name);
    expect(others).toEqual(["Sync", "GoSnapshot", "CpuSample"]);
  });
});

const EVENTS = "src/internal/trace/tracev2/events.go";
const installed = goSourceWith(EVENTS, "the table of wire events against that of the installed Go");

describe.skipIf(installed === undefined)("the installed Go's table of events", () => {
  const { root = "", minor = 0 } = installed ?? {};
  const go = root === "" ? [] : parseGoEvents(readFileSync(join(root, EVENTS), "utf8"));

  it("is found", () => {
    expect(go.length).toBeGreaterThan(50);
  });

  it("has no event that ours lacks, and the other way round", () => {
    const theirs = new Map(go.map(({ name, type }) => [name, type]));
    for (const { name, type, since } of WIRE_EVENTS)
      expect([name, theirs.get(name)]).toEqual([name, theirs.has(name) || since <= minor ? type : undefined]);
    for (const { name, type } of go) expect([type, wireEvent(type)?.name]).toEqual([type, name]);
  });

  it.each(go)("agrees on $name", (theirs) => {
    const ours = wireEvent(theirs.type);
    const args = goArgs(theirs);
    expect(ours?.args.length).toBe(args.length);
    ours?.args.forEach((arg, i) => {
      expect(args[i]).toSatisfy((goArg) => isSameArg(arg, goArg as string), `${arg.name} (${arg.type})`);
    });
    expect(ours?.timed ?? false).toBe(theirs.timed && theirs.name !== "ClockSnapshot");
    expect(ours?.begins && `Ev${ours.begins}`).toBe(theirs.startEvent);
    expect(ours?.experiment).toBe(theirs.experiment);
  });
});

/** Types of arguments that Go's table writes behind the name, or as the name. */
const TYPED = new Set(["seq", "pstatus", "gstatus", "g", "m", "p", "string", "stack", "task", "gen"]);

/** Go's arguments without the time delta, and with the size that stands before data. */
function goArgs({ name, args, timed }: GoEventSpec): string[] {
  const listed = timed && name !== "ClockSnapshot" ? args.slice(1) : args;
  return name === "ExperimentalBatch" || name === "String" ? [...listed, "size"] : [...listed];
}

/** Whether an argument is Go's, such as `name_string`, whose type ours may leave out of the name. */
function isSameArg({ name, type }: WireArg, goArg: string): boolean {
  const parts = goArg.split("_");
  const last = parts.at(-1) ?? "";
  const goType = TYPED.has(last) ? last : "value";
  return type === goType && (name === goArg || name === parts[0]);
}
