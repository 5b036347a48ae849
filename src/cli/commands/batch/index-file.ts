import { join, relative, sep } from "node:path";
import { type IndexRow, indexPage } from "../../../report/html/index-page.js";
import { writeText } from "../../output/open-output.js";
import { GENERATOR } from "../stats/trace-overview.js";
import { type BatchReport, errorText, lossText } from "./report.js";
import type { BatchRow } from "./row.js";

/** Writes a page that lists the traces of a batch and links to their reports. @returns its path */
export async function writeIndex({ files, shard }: BatchReport, outDir: string): Promise<string> {
  // Shards may share the folder.
  const name = shard === undefined ? "index.html" : `index-${shard.index}-of-${shard.count}.html`;
  const path = join(outDir, name);
  await writeText(
    path,
    indexPage(
      files.map((file) => rowOf(file, outDir)),
      GENERATOR,
    ),
  );
  return path;
}

function rowOf(row: BatchRow, outDir: string): IndexRow {
  const { also, duration, error, events, finding, format, input, lost = [] } = row;
  const link = also?.html === undefined ? undefined : relative(outDir, also.html).split(sep);
  const problems = [errorText(row), ...(lost.length > 0 ? [lossText(lost)] : [])].filter(
    (text) => text !== "-",
  );
  return {
    name: input,
    failed: error !== undefined,
    problems,
    ...(link && { link }),
    ...(format !== undefined && { format }),
    ...(duration !== undefined && { duration }),
    ...(events !== undefined && { events }),
    ...(finding && { finding }),
  };
}
