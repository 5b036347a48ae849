// The script of a report's page: draws what charts show into the places that the page has for them.
import type { PageData } from "../../src/report/html/page-data.js";
import { Chart, type ChartMaker } from "./chart.js";
import { contentsLink } from "./contents-link.js";
import { FlameView } from "./flame.js";
import { latencyChart } from "./latency.js";
import { mmuChart } from "./mmu.js";
import { scrollable, sortable } from "./tables.js";
import { tabs } from "./tabs.js";
import { TimelineCharts } from "./timeline.js";

const { traces, latencies, mmu } = JSON.parse(document.getElementById("data")?.textContent ?? "") as PageData;

for (const table of document.querySelectorAll<HTMLTableElement>("table.sortable")) sortable(table);
for (const region of document.querySelectorAll<HTMLElement>(".scroll")) scrollable(region);

const timelines = traces.map((trace, number) => new TimelineCharts(trace, number));
for (const group of document.querySelectorAll<HTMLElement>(".timeline")) {
  const timeline = timelines[Number(group.dataset.trace)];
  for (const place of group.querySelectorAll<HTMLElement>("[data-chart]"))
    timeline?.add(place.dataset.chart ?? "", place);
  timeline?.listen(group);
}

draw("latency", latencies, latencyChart);
draw("mmu", mmu, mmuChart);

// Within the page that converts traces, an address with a fragment is that of the page.
if (location.href === "about:srcdoc")
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a")) contentsLink(link);

const drawn = new Set<Element>();
for (const list of document.querySelectorAll<HTMLElement>('[role="tablist"]')) tabs(list, drawFlames);

// What is folded up, and what other tabs show, is printed too.
let opened: HTMLDetailsElement[] = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details")].filter(({ open }) => !open);
  for (const details of opened) details.open = true;
  for (const panel of document.querySelectorAll('[role="tabpanel"]')) drawFlames(panel);
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});

/** Draws the flame graph of a tab, once. */
function drawFlames(panel: Element): void {
  const place = panel.querySelector<HTMLElement>(".flame");
  if (place === null || drawn.has(place)) return;
  drawn.add(place);
  const data = traces[Number(place.dataset.trace)]?.flames[Number(place.dataset.flame)];
  if (data !== undefined) new FlameView(place, data);
}

/** Draws curves into the place that the page has for them, if any. */
function draw<T>(kind: string, rows: readonly T[], maker: (rows: readonly T[]) => ChartMaker): void {
  const place = document.querySelector<HTMLElement>(`[data-chart="${kind}"]`);
  if (place !== null && rows.length > 0) new Chart(place, maker(rows));
}
