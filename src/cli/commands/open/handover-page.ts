/** The facts that the handover page needs. */
export interface Handover {
  /** The link that opens the viewer without a trace. */
  readonly link: string;
  /** Origin of the viewer's pages. */
  readonly origin: string;
  /** Name of the trace. Its URL is relative to the page. */
  readonly name: string;
}

/** Milliseconds between two pings to the viewer. */
const PING = 50;

/**
 * A page that fetches the trace, opens the viewer and passes it the trace with `postMessage`, as Perfetto's
 * UI expects. It needs a click, because browsers block popups without one.
 * @param nonce for the script, as the page's content security policy requires
 */
export function handoverPage({ link, origin, name }: Handover, nonce: string): string {
  // Only this character could end the script early.
  const facts = JSON.stringify({ link, origin, name, ping: PING }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>go2perfetto</title>
<body>
<p>A trace for <a id="where"></a>: <span id="what"></span></p>
<button>Open</button>
<p id="state"></p>
<script nonce="${nonce}">
const { link, origin, name, ping } = ${facts};
const element = (id) => document.getElementById(id);
element("where").textContent = element("where").href = origin;
element("what").textContent = name;
const say = (text) => { element("state").textContent = text; };
let trace;
async function fetchTrace() {
  const answer = await fetch(encodeURIComponent(name));
  if (!answer.ok) throw new Error("HTTP status " + answer.status);
  return answer.arrayBuffer();
}
function listening(viewer) {
  return new Promise((resolve) => {
    const timer = setInterval(() => viewer.postMessage("PING", origin), ping);
    addEventListener("message", ({ source, data }) => {
      if (source !== viewer || data !== "PONG") return;
      clearInterval(timer);
      resolve();
    });
  });
}
document.querySelector("button").onclick = async () => {
  const viewer = open(link);
  if (viewer === null) return say("The browser does not let this page open a window.");
  try {
    trace ??= fetchTrace();
    const [buffer] = await Promise.all([trace, listening(viewer)]);
    viewer.postMessage({ perfetto: { buffer, title: name, fileName: name } }, origin);
    say("Handed over.");
  } catch (error) {
    say("The trace cannot be fetched. Is go2perfetto still running? " + error);
  }
};
</script>
</html>
`;
}
