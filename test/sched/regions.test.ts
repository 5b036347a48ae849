import { expect, test } from "vitest";
import { NONE } from "../../src/base/ids.js";
import { RegionOrigin, RegionStacks } from "../../src/sched/regions.js";

interface Region {
  readonly name: number;
  readonly task: number;
  readonly since: number;
}

/** The open regions of a slot, the innermost first. */
function open(stacks: RegionStacks, slot: number): Region[] {
  const found: Region[] = [];
  for (let row = stacks.innermost(slot); row !== NONE; row = stacks.outer[row] as number) {
    const [name, task, since] = [stacks.name[row], stacks.task[row], stacks.since[row]] as [
      number,
      number,
      number,
    ];
    found.push({ name, task, since });
  }
  return found;
}

test("open regions are those of plain lists, whichever ends first, in more slots and rows than there is room for", () => {
  const stacks = new RegionStacks();
  const lists = new Map<number, Region[]>();
  const of = (slot: number) => lists.get(slot) ?? [];
  let random = 1;
  const below = (most: number) => {
    random = (random * 48_271) % 2_147_483_647;
    return random % most;
  };
  for (let time = 0; time < 4000; time++) {
    const slot = below(2) === 0 ? below(4) : below(600);
    const regions = of(slot);
    if (below(20) === 0) {
      // Another goroutine gets the slot once the regions of the one before have ended.
      while (stacks.innermost(slot) !== NONE) stacks.end(slot);
      const creator = below(3) === 0 ? NONE : below(4);
      const [around] = creator === slot ? [] : of(creator);
      stacks.create(slot, creator === slot ? NONE : creator, time);
      lists.set(slot, around === undefined ? [] : [{ name: NONE, task: around.task, since: time }]);
    } else if (below(2) === 0) {
      const region = { name: below(9), task: below(9), since: time };
      stacks.begin(slot, region.name, region.task, time, RegionOrigin.Begun);
      lists.set(slot, [region, ...regions]);
    } else {
      const within = below(3) - 1;
      const row = stacks.around(slot, within);
      expect(row !== NONE).toBe(within >= 0 && within < regions.length);
      stacks.end(slot, row);
      lists.set(
        slot,
        regions.filter((_, i) => i !== within),
      );
    }
    expect(open(stacks, slot)).toEqual(of(slot));
  }
  for (let slot = 0; slot < 700; slot++) expect(open(stacks, slot)).toEqual(of(slot));
  // Rows of ended regions are used again.
  const most = [...lists.values()].reduce((sum, { length }) => sum + length, 0);
  expect(stacks.name.length).toBeLessThan(4 * most);
});
