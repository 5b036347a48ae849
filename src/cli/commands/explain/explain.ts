import { Explanation } from "../../../analysis/explain/explanation.js";
import { readAnalyses } from "../../input/analysed-input.js";
import type { CommonOptions } from "../../options/common.js";
import { queryOf, type SelectionOptions } from "../../options/selection.js";
import { writeText } from "../../output/open-output.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";

export interface ExplainOptions extends CommonOptions, SelectionOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** The most findings. */
  readonly top?: number;
}

/** Findings by default. */
const TEXT_ROWS = 10;
const JSON_ROWS = 100;

/** `go2perfetto explain IN` */
export async function explainCommand(path: string, options: ExplainOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const top = options.top ?? (options.json ? JSON_ROWS : TEXT_ROWS);
  queryOf(options);
  const { report, name, code } = await readAnalyses(path, options, messages, (reported, start) => {
    const explanation = new Explanation({ top, start, ...(reported && { reported }) });
    const { analyses } = explanation;
    return { analyses, report: (...state) => explanation.report(...state) };
  });
  if (options.json) {
    const { jsonText } = await import("../../../report/json.js");
    await writeText(STDIO, jsonText(report));
  } else {
    const { explainMarkdown, explainText } = await import("../../../report/explain-lines.js");
    await writeText(STDIO, options.markdown ? explainMarkdown(report, name) : explainText(report, name));
  }
  return code;
}
