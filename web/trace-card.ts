import { durationText } from "go2perfetto";
import { Cancelled, Job, JobError, type Result } from "./job.js";
import { OUTPUTS, type Output, type Reading, type Work } from "./messages.js";
import type { OptionsForm } from "./options.js";
import { Viewer } from "./viewer.js";

const NUMBER = new Intl.NumberFormat("en");
const BYTES = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** A trace on the page: what it is, and what can be done with it. */
export class TraceCard {
  readonly element = document.createElement("article");
  readonly #file: File;
  readonly #form: OptionsForm;
  readonly #figures = paragraph("figures");
  readonly #messages = document.createElement("div");
  readonly #progress = document.createElement("progress");
  readonly #cancel: HTMLButtonElement;
  readonly #products = document.createElement("div");
  readonly #actions: readonly HTMLButtonElement[];
  readonly #report = document.createElement("iframe");
  /** Conversions that are done or in progress, by format, with the options of now. */
  readonly #conversions = new Map<Output, Promise<Result>>();
  readonly #jobs = new Set<Job>();

  constructor(file: File, form: OptionsForm) {
    this.#file = file;
    this.#form = form;
    const open = button("Open in Perfetto", () => this.#open());
    open.className = "first";
    const downloads = OUTPUTS.map((format) => button(`Download .${format}`, () => this.#download(format)));
    const report = button("Report", () => this.#showReport());
    const profiles = button("Profiles", () => this.#offerProfiles());
    this.#actions = [open, ...downloads, report, profiles];
    this.#cancel = button("Cancel", () => {
      for (const job of this.#jobs) job.cancel();
    });
    this.#products.className = "actions";
    this.#report.hidden = true;
    this.#report.title = `Report on ${file.name}`;
    // The report's own script runs, and cannot reach this page. The sites that its links lead to are not bound.
    const allowed = ["scripts", "downloads", "popups", "popups-to-escape-sandbox"];
    this.#report.setAttribute("sandbox", allowed.map((what) => `allow-${what}`).join(" "));
    const title = document.createElement("h2");
    title.textContent = file.name;
    const bar = document.createElement("div");
    bar.className = "actions";
    bar.append(...this.#actions, this.#cancel);
    this.#progress.setAttribute("aria-label", `Progress of ${file.name}`);
    // What grows while the trace is read stands below the buttons, so that these stay where a click is aimed at.
    this.element.append(
      title,
      bar,
      this.#progress,
      this.#figures,
      this.#messages,
      this.#products,
      this.#report,
    );
    this.#figures.textContent = size(file.size);
    this.#showBusy();
    form.onChange(() => this.#conversions.clear());
    // What most people want is under way before they ask for it.
    this.#attempt(() => this.#converted("pftrace"));
  }

  /** The viewer opens at once, in the click, and gets the trace when it is converted. */
  async #open(): Promise<void> {
    const viewer = Viewer.open(this.#form.viewer);
    if (viewer === undefined) {
      this.#say("error", "The browser does not let this page open a window.", "Allow it beside the address.");
      return;
    }
    await this.#attempt(async () => {
      try {
        const { products } = await this.#converted("pftrace");
        for (const { blob, name } of products) await viewer.show(blob, name);
      } catch (error) {
        viewer.close();
        throw error;
      }
    });
  }

  async #download(format: Output): Promise<void> {
    await this.#attempt(async () => {
      for (const { blob, name } of (await this.#converted(format)).products) save(blob, name);
    });
  }

  async #offerProfiles(): Promise<void> {
    await this.#attempt(async () => {
      const { products } = await this.#run({ ...this.#work(), work: "profiles" });
      this.#products.replaceChildren(
        ...products.map(({ name, about = name, blob }) => fileLink(name, about, blob)),
      );
    });
  }

  async #showReport(): Promise<void> {
    await this.#attempt(async () => {
      const { products } = await this.#run({ ...this.#work(), work: "report" });
      for (const { name, blob } of products) {
        this.#report.srcdoc = await blob.text();
        this.#report.hidden = false;
        this.#products.replaceChildren(fileLink(name, "Save the report", blob));
      }
    });
  }

  #converted(format: Output): Promise<Result> {
    let result = this.#conversions.get(format);
    if (result === undefined) {
      result = this.#run({ ...this.#work(), work: "convert", format });
      this.#conversions.set(format, result);
      result.catch(() => this.#conversions.delete(format));
    }
    return result;
  }

  #work(): { file: File; choices: Work["choices"] } {
    return { file: this.#file, choices: this.#form.choices };
  }

  async #run(work: Work): Promise<Result> {
    const job = new Job(work, (share, events) => {
      if (share === undefined) this.#progress.removeAttribute("value");
      else this.#progress.value = share;
      this.#figures.textContent = `${size(this.#file.size)} · ${NUMBER.format(events)} events`;
    });
    this.#jobs.add(job);
    this.#showBusy();
    this.#messages.replaceChildren();
    try {
      const result = await job.result;
      this.#tell(result.reading);
      return result;
    } finally {
      this.#jobs.delete(job);
      this.#showBusy();
    }
  }

  #tell({ version, events, duration, messages, leftOut = [] }: Reading): void {
    const facts = [size(this.#file.size), version, durationText(duration), `${NUMBER.format(events)} events`];
    this.#figures.textContent = facts.join(" · ");
    this.#messages.replaceChildren();
    for (const { text, advice } of messages) this.#say("warning", text, advice);
    for (const text of leftOut) this.#messages.append(paragraph("advice", text));
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Cancelled) this.#say("warning", "Cancelled.");
      else if (error instanceof JobError) this.#say("error", error.message, error.advice);
      else this.#say("error", String(error));
    }
  }

  #say(kind: "warning" | "error", text: string, advice?: string): void {
    this.#messages.append(paragraph(kind, `${kind}: ${text}`));
    if (advice !== undefined) this.#messages.append(paragraph("advice", advice));
  }

  #showBusy(): void {
    const isBusy = this.#jobs.size > 0;
    this.#progress.hidden = !isBusy;
    this.#cancel.hidden = !isBusy;
    this.#progress.removeAttribute("value");
  }
}

function paragraph(className: string, text = ""): HTMLParagraphElement {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function fileLink(name: string, text: string, blob: Blob): HTMLAnchorElement {
  const link = document.createElement("a");
  link.className = "file";
  link.download = name;
  link.textContent = text;
  link.href = URL.createObjectURL(blob);
  return link;
}

function save(blob: Blob, name: string): void {
  const link = fileLink(name, name, blob);
  link.click();
  // The browser has begun the download when the next task runs.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${BYTES.format(bytes / 1e3)} kB` : `${BYTES.format(bytes / 1e6)} MB`;
}
