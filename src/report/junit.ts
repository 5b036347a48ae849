import { escapeText } from "../base/escape.js";
import type { Verdict } from "../figures/check.js";
import { valueText } from "./verdict-lines.js";

/** A JUnit report: a suite for the trace, a test for each limit. @param name name of the trace */
export function junitText(name: string, verdicts: readonly Verdict[]): string {
  const failures = verdicts.filter(({ holds }) => !holds).length;
  const counts = `tests="${verdicts.length}" failures="${failures}" errors="0" skipped="0"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="go2perfetto check" ${counts}>`,
    `  <testsuite name="${escapeXml(name)}" ${counts}>`,
    ...verdicts.flatMap((verdict) => testcase(name, verdict)),
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function testcase(name: string, verdict: Verdict): string[] {
  const value = escapeXml(valueText(verdict));
  const start = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(verdict.limit.text)}">`;
  if (verdict.holds) return [start, `      <system-out>${value}</system-out>`, "    </testcase>"];
  const type = verdict.missing === undefined ? "limit" : "missing";
  return [start, `      <failure message="${value}" type="${type}"/>`, "    </testcase>"];
}

const ENTITIES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };
/** Halves of surrogate pairs and the two code points that XML leaves out. */
const NO_XML = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g;

/** Text for XML 1.0, which cannot hold most control characters even as references. */
function escapeXml(text: string): string {
  return escapeText(text)
    .replace(NO_XML, "\ufffd")
    .replace(/[<>&"]/g, (char) => ENTITIES[char] ?? char);
}
