import { expect, test } from "vitest";
import { SiteTable } from "../../../src/analysis/explain/site-table.js";
import { longest, overlap, type Span, total } from "../../support/spans.js";

/** Intervals by site, of a goroutine each. They overlap, adjoin, or leave gaps; one lasts no time, and one is open at the end. */
const SITES: readonly (readonly Span[])[] = [
  [
    { begin: 2, end: 5 },
    { begin: 3, end: 9 },
    { begin: 9, end: 12 },
    { begin: 20, end: 20 },
    { begin: 21, end: 30 },
  ],
  [
    { begin: 1, end: 4 },
    { begin: 6, end: 7 },
  ],
];
const END = 40;

function tableOf(sites: typeof SITES): SiteTable {
  const table = new SiteTable();
  const steps = sites.flatMap((spans) => {
    const site = table.add();
    return spans.flatMap(({ begin, end }, goroutine) => [
      { time: begin, act: () => table.enter(site, begin) },
      { time: end, act: () => table.leave(site, begin, end, goroutine, 100 + goroutine) },
    ]);
  });
  for (const { act, time } of steps.sort((a, b) => a.time - b.time)) if (time <= END) act();
  return table;
}

test("a table of sites has the number, sum, longest and most of the intervals at each, and how long there was one", () => {
  const table = tableOf(SITES);
  table.finish(END);
  SITES.forEach((spans, site) => {
    const real = spans.filter(({ begin, end }) => end > begin);
    const { most, some } = overlap(real);
    const who = real.findIndex(({ begin, end }) => end - begin === longest(real));
    const goroutine = spans.indexOf(real[who] as Span);
    expect([table.count[site], table.total[site], table.longest[site]]).toEqual([
      real.length,
      total(real),
      longest(real),
    ]);
    expect([table.most[site], table.occupied(site)]).toEqual([most, some]);
    expect([table.longestSince[site], table.longestGoroutine[site], table.longestStack[site]]).toEqual([
      spans[goroutine]?.begin,
      goroutine,
      100 + goroutine,
    ]);
  });
  expect(table.totals(() => true)).toEqual({ count: 6, total: 25, max: 9, most: 2 });
  expect(table.totals((site) => site === 1)).toEqual({ count: 2, total: 4, max: 3, most: 1 });
});

test("what is open at the end of the trace counts to it, but no longer than what has ended", () => {
  const table = tableOf([
    [
      { begin: 0, end: 10 },
      { begin: 20, end: END + 1 },
    ],
    [
      { begin: 0, end: 10 },
      { begin: 0, end: 10 },
      { begin: 35, end: END + 1 },
    ],
  ]);
  table.finish(END);
  expect([table.count[0], table.total[0], table.occupied(0)]).toEqual([1, 10, 10]);
  expect([table.count[1], table.total[1], table.occupied(1)]).toEqual([2, 20, 15]);
});
