import { SCRIPT, SCRIPT_HASH } from "#page/handover.js";
import { scriptJson } from "../../../report/html/text.js";

/** The facts that the handover page needs. */
export interface HandoverFacts {
  /** The link that opens the viewer without a trace. */
  readonly link: string;
  /** Origin of the viewer's pages. */
  readonly origin: string;
  /** Name of the trace. Its URL is relative to the page. */
  readonly name: string;
}

/** What the page may do: run its own script, and fetch the trace. */
export const HANDOVER_POLICY = `default-src 'none'; connect-src 'self'; script-src '${SCRIPT_HASH}'; frame-ancestors 'none'`;

/**
 * A page that fetches the trace, opens the viewer and passes it the trace with `postMessage`, as Perfetto's
 * UI expects. It needs a click, because browsers block popups without one. Its script is `web/handover.ts`.
 */
export function handoverPage(facts: HandoverFacts): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>go2perfetto</title>
<body>
<p>A trace for <a id="where"></a>: <span id="what"></span></p>
<button>Open</button>
<p id="state"></p>
<script type="application/json" id="facts">${scriptJson(facts)}</script>
<script>${SCRIPT}</script>
</html>
`;
}
