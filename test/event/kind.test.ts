import { expect, test } from "vitest";
import {
  EVENT_KINDS,
  type EventKindInfo,
  isAssist,
  isCreation,
  isGc,
  isMetric,
  isProc,
  isProgramRange,
  isRange,
  isScheduling,
  isSweep,
  isTransition,
  isUser,
} from "../../src/event/kind.js";

const cases: [string, (kind: number) => boolean, (info: EventKindInfo) => boolean][] = [
  ["transitions", isTransition, (info) => info.class === "goroutine" && info.from !== undefined],
  ["creations", isCreation, ({ name }) => name.startsWith("GoCreate")],
  ["scheduling", isScheduling, (info) => info.class === "goroutine" || info.class === "proc"],
  ["Ps", isProc, (info) => info.class === "proc"],
  ["ranges", isRange, (info) => info.class.startsWith("range-")],
  ["ranges of the program", isProgramRange, ({ name }) => /^(Stw|Gc)/.test(name)],
  ["GC", isGc, ({ name }) => name.startsWith("Gc")],
  ["sweeps", isSweep, ({ name }) => name.startsWith("Sweep")],
  ["mark assists", isAssist, ({ name }) => name.startsWith("Assist")],
  ["metrics", isMetric, (info) => info.class === "metric"],
  ["annotations", isUser, (info) => /^(task|region|log)/.test(info.class)],
];

test.each(cases)("kinds that belong together are numbered together: %s", (_name, holds, expected) => {
  const of = (test: (kind: number, info: EventKindInfo) => boolean) =>
    EVENT_KINDS.filter((info, kind) => test(kind, info)).map(({ name }) => name);
  expect(of(holds)).toEqual(of((_kind, info) => expected(info)));
  expect(of(holds).length).toBeGreaterThan(1);
});
