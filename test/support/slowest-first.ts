import { readFileSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const SLOWEST = /^\/\/ @module-tag slowest$/m;
const LONG = /^\/\/ @module-tag long$/m;

/** Starts files with the longest tests first, so that no worker is left alone with one in the end; then the largest files. */
export class SlowestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const ranked = specifications.map((specification) => {
      const text = readFileSync(specification.moduleId, "utf8");
      return { specification, rank: rankOf(text), size: text.length };
    });
    return ranked
      .sort((a, b) => a.rank - b.rank || b.size - a.size)
      .map(({ specification }) => specification);
  }
}

function rankOf(text: string): number {
  if (SLOWEST.test(text)) return 0;
  return LONG.test(text) ? 1 : 2;
}
