import { Viewer, ViewerClosed } from "./viewer.js";

/** The facts of the page that `open` serves: see `HandoverFacts` there. */
interface Facts {
  readonly link: string;
  readonly origin: string;
  readonly name: string;
}

const element = (selector: string) => document.querySelector(selector) as HTMLElement;
const { link, origin, name }: Facts = JSON.parse(element("#facts").textContent ?? "");
const where = element("#where") as HTMLAnchorElement;
where.href = origin;
where.textContent = origin;
element("#what").textContent = name;

let trace: Promise<Blob> | undefined;

/** Its URL is relative to the page. */
async function fetchTrace(): Promise<Blob> {
  const answer = await fetch(encodeURIComponent(name));
  if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
  return answer.blob();
}

const say = (text: string) => {
  element("#state").textContent = text;
};

element("button").addEventListener("click", async () => {
  const viewer = Viewer.open(new URL(link));
  if (viewer === undefined) return say("The browser does not let this page open a window.");
  try {
    trace ??= fetchTrace();
    await viewer.show(await trace, name);
    say("Handed over.");
  } catch (error) {
    if (error instanceof ViewerClosed) return say("The viewer was closed before it had the trace.");
    // Another click tries again.
    trace = undefined;
    say(`The trace cannot be fetched. Is go2perfetto still running? ${error}`);
  }
});
