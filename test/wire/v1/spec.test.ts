import { describe, expect, it } from "vitest";
import { EventForms } from "../../../src/wire/v1/event-forms.js";
import { WIRE_EVENTS, wireArgs, wireEvent, wireName, wireType } from "../../../src/wire/v1/spec.js";
import {
  isTimedV1,
  V1_EVENT_NAMES,
  V1_FORMATS,
  v1Arguments,
  v1Type,
} from "../../support/trace-v1-builder.js";

/** Go's names, where ours are those of later formats. */
const NAMES_IN_GO: Readonly<Record<string, string>> = { STWStart: "GCSTWStart", STWDone: "GCSTWDone" };
const inGo = (name: string) => NAMES_IN_GO[name] ?? name;

/** The builder's own table, which a test beside it compares with that of the installed Go, knows nothing of ours. */
describe("the table of wire events of format 1", () => {
  it("has Go's events, each once", () => {
    expect(WIRE_EVENTS.map(({ name }) => inGo(name))).toEqual(V1_EVENT_NAMES);
    for (const event of WIRE_EVENTS) {
      expect(event.type).toBe(v1Type(inGo(event.name)));
      expect(wireEvent(event.type)).toBe(event);
      expect(wireType(event.name)).toBe(event.type);
      expect(wireName(event.type)).toBe(event.name);
    }
    expect([wireEvent(0), wireName(63)]).toEqual([undefined, "unknown event 63"]);
    expect(() => wireType("Nothing")).toThrow("Nothing");
  });

  it.each(WIRE_EVENTS)("has as many arguments in each version: $name", ({ name, type, timed }) => {
    expect(timed).toBe(isTimedV1(inGo(name)));
    for (const minor of V1_FORMATS) {
      const args = wireArgs(type, minor);
      expect([minor, args?.length]).toEqual([minor, v1Arguments(minor, inGo(name))?.length]);
      expect(new Set(args?.map((arg) => arg.name)).size).toBe(args?.length ?? 0);
    }
  });

  it.each(V1_FORMATS)("says how many varints an event of format 1.%i has", (minor) => {
    const forms = new EventForms(minor);
    const leading = minor < 7 ? 2 : 1;
    for (const { name, type, timed } of WIRE_EVENTS) {
      const args = v1Arguments(minor, inGo(name))?.length;
      const varints = args === undefined ? -1 : args + (timed ? leading : 0);
      expect([name, forms.varints[type]]).toEqual([name, varints]);
      const isOrdered = timed && name !== "CPUSample" && args !== undefined;
      expect([name, forms.args[type]]).toEqual([name, isOrdered ? args : -1]);
    }
  });
});
