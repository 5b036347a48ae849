import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { reportPage } from "../../../src/html.js";
import { analyze, Overview, openTrace, sourceOf } from "../../../src/index.js";
import { MOST_BYTES } from "../../../src/report/html/limits.js";
import { FIXTURES } from "../../support/corpus.js";
import { HOSTILE_NAMES, hostileTrace, hostileTraceV1 } from "../../support/hostile-trace.js";

async function pageOf(bytes: Uint8Array, name: string): Promise<string> {
  const overview = new Overview();
  await analyze(await openTrace(sourceOf([bytes])), overview.analyses);
  return reportPage({ name, figures: overview.figures() }, "test");
}

const OBEYED = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

test("a page of a trace whose strings and stacks are lost has no place and no reason without a name", async () => {
  const cut = readFileSync(join(FIXTURES, "sync-go1.26.trace")).subarray(0, 40_000);
  const page = (await pageOf(cut, "cut")).replace(/<script>.*<\/script>/s, "");
  expect(page.match(/<code>\(unknown\)<\/code> <small><\/small>/g)?.length).toBeGreaterThan(0);
  expect(page.match(/.{0,20}(\(\)|>:\d).{0,20}/g)).toBeNull();
});

describe("a page of hostile names", () => {
  let page = "";

  beforeAll(async () => {
    page = await pageOf(hostileTrace(Object.values(HOSTILE_NAMES)), Object.values(HOSTILE_NAMES).join("/"));
  });

  test("has no element and no attribute of theirs", () => {
    expect(page).not.toMatch(/<img|<script>alert|<b>/);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page.match(/ style=/)).toBeNull();
  });

  test("has no character that changes the order of text", () => {
    // The licences and the program in the script have tabs.
    expect(OBEYED.exec(page.replace(/<script>.*<\/script>/s, ""))).toBeNull();
  });

  test("has them as they were, for people", () => {
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(page).toContain("__proto__");
  });
});

test("names that are long and have to be escaped make no page that is too large", async () => {
  const names = Array.from({ length: 400 }, (_, i) => `${i}${"<\u202e&\u0001".repeat(300)}`);
  const page = await pageOf(hostileTraceV1(names), "long");
  expect(new TextEncoder().encode(page).length).toBeLessThanOrEqual(MOST_BYTES);
  expect(page).toContain("… and ");
});

test("a trace without events has a page", async () => {
  expect(await pageOf(hostileTrace([]), "empty")).toContain("<h1>empty</h1>");
});
