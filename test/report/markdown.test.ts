import { expect, test } from "vitest";
import type { ExplainReport } from "../../src/analysis/explain/finding.js";
import { explainMarkdown } from "../../src/report/explain-lines.js";
import { codeBlock } from "../../src/report/markdown.js";

test("a block of code ends where it has to, whatever it holds", () => {
  expect(codeBlock(["main.main"])).toEqual(["```", "main.main", "```"]);
  expect(codeBlock(["a ` b", "````", "# c\nd"])).toEqual(["`````", "a ` b", "````", "# c\\u000ad", "`````"]);
});

test("stack and commands of a finding are a block of code, not part of the list before them", () => {
  const place = { function: "main.(*Shop).items", file: "main.go", line: 7 };
  const finding = {
    kind: "churn",
    weight: 0.5,
    sentence: "Told.",
    figures: [{ name: "goroutines", unit: "count", value: 3 }],
    place,
    stack: [place],
    next: ["go2perfetto stats IN"],
  };
  const report = { findings: [finding], more: 0, tasks: ["import"] } as unknown as ExplainReport;
  expect(explainMarkdown(report, "t.out")).toBe(`## What held the program back

### 1. churn, 50.0%

Told.

- goroutines: 3

\`\`\`
main.(*Shop).items main.go:7
$ go2perfetto stats t.out
\`\`\`

The program has tasks. Why they take as long as they do:

\`\`\`
$ go2perfetto explain --task import t.out
\`\`\`
`);
});
