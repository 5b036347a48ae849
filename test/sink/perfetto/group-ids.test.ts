import { expect, test } from "vitest";
import { RUNTIME } from "../../../src/sink/goroutine-groups.js";
import { GroupIds } from "../../../src/sink/perfetto/group-ids.js";

const FREE = 2 ** 30;

function groupIds(): GroupIds {
  let next = FREE;
  return new GroupIds(() => next++);
}

test("a group has the id of its first goroutine", () => {
  const ids = groupIds();
  expect([ids.next("main.main", 1), ids.next("main.worker", 21)]).toEqual([1, 21]);
});

test("the runtime's group has that of its first one, also if another thread comes first, and once", () => {
  const ids = groupIds();
  expect([ids.next(RUNTIME, FREE), ids.next(RUNTIME, 2017)]).toEqual([3, 2017]);
});

test("no group has an id that Linux's kernel has, or that another group or thread has", () => {
  const ids = groupIds();
  expect(ids.next("a", 5)).toBe(5);
  expect([0, 2, 5, FREE].map((tid, i) => ids.next(`b${i}`, tid))).toEqual([0, 1, 2, 3].map((i) => FREE + i));
});
