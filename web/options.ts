import { DEFAULT_TRACKS, GROUPINGS, LANE_CHOICES, STACK_MODES, TRACK_GROUPS } from "go2perfetto/perfetto";
import { httpUrl } from "../src/base/http-url.js";
import { JobError } from "./job.js";
import type { Choices } from "./messages.js";

const DETAILS = ["auto", "full", "lean"] as const;

/** The form of options. */
export class OptionsForm {
  readonly #form: HTMLFormElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    const lists = { detail: DETAILS, group: GROUPINGS, stacks: STACK_MODES, lanes: LANE_CHOICES };
    for (const [name, values] of Object.entries(lists)) {
      const select = form.elements.namedItem(name) as HTMLSelectElement;
      select.append(...values.map((value) => new Option(value)));
    }
    const tracks = form.querySelector("#tracks");
    for (const group of TRACK_GROUPS) tracks?.append(trackBox(group, DEFAULT_TRACKS.includes(group)));
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  get choices(): Choices {
    const data = new FormData(this.#form);
    const text = (name: string) => String(data.get(name) ?? "").trim();
    return {
      detail: text("detail"),
      group: text("group"),
      stacks: text("stacks"),
      lanes: text("lanes"),
      tracks: data.getAll("tracks"),
      from: text("from"),
      to: text("to"),
      goroutine: text("goroutine"),
      task: text("task"),
      related: data.has("related"),
      anonymize: data.has("anonymize"),
      traceUrl: text("trace-url"),
    } as Choices;
  }

  /** Address of the viewer. @throws JobError if it is none */
  get viewer(): URL {
    const text = (this.#form.elements.namedItem("viewer") as HTMLInputElement).value.trim();
    const address = httpUrl(text);
    if (address === undefined)
      throw new JobError("Viewer: it is not an http or https URL", "Such as https://ui.perfetto.dev.");
    return address;
  }
}

function trackBox(group: string, checked: boolean): HTMLLabelElement {
  const box = Object.assign(document.createElement("input"), {
    type: "checkbox",
    name: "tracks",
    value: group,
  });
  box.defaultChecked = checked;
  const label = document.createElement("label");
  label.className = "check";
  label.append(box, group);
  return label;
}
