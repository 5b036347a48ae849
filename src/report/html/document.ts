import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from "#page/report.js";
import type { PageData } from "./page-data.js";
import { html, scriptJson } from "./text.js";

/** Nothing may be loaded, and only the script and the style of the page itself run, known by their hashes. */
const POLICY = [
  "default-src 'none'",
  `script-src '${SCRIPT_HASH}'`,
  `style-src '${STYLE_HASH}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export interface DocumentParts {
  readonly title: string;
  /** HTML. */
  readonly body: string;
  /** What the page's script draws. */
  readonly data: PageData;
}

/** A whole HTML document in one file, which loads nothing. */
export function documentText({ title, body, data }: DocumentParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${html(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<noscript><p class="notice">The charts need JavaScript. Their figures are in the tables.</p></noscript>
${body}
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
