import { durationText } from "go2perfetto";
import { byteSize, counted } from "../src/base/grouped.js";
import { CardMessages } from "./card-messages.js";
import { FileLinks, save } from "./file-links.js";
import { Cancelled, Job, JobError, type Result } from "./job.js";
import { OUTPUTS, type Output, type Reading, type Task } from "./messages.js";
import type { OptionsForm } from "./options.js";
import { ReportFrame } from "./report-frame.js";
import { Viewer } from "./viewer.js";

/** Milliseconds until a person is told that the viewer does not answer. */
const LATE = 10_000;

/** A result that may be in progress, with the job that makes it. */
interface Pending {
  readonly job: Job;
  readonly result: Promise<Result>;
}

/** A trace on the page: what it is, and what can be done with it. */
export class TraceCard {
  readonly element = document.createElement("article");
  readonly #file: File;
  readonly #form: OptionsForm;
  readonly #figures = document.createElement("p");
  /** What is known of the trace, which progress hides for a while. */
  #facts: string;
  /** The facts that a screen reader has told. */
  #factsTold: string;
  readonly #messages = new CardMessages();
  readonly #progress = document.createElement("progress");
  readonly #cancel: HTMLButtonElement;
  readonly #profiles = new FileLinks();
  readonly #report: ReportFrame;
  /** What is done or in progress with the options of now, by task. */
  readonly #results = new Map<string, Pending>();
  /** The options of `#results`. */
  #choices = "";
  readonly #jobs = new Set<Job>();

  /** @param title its name, or its path in a folder that was dropped */
  constructor(file: File, title: string, form: OptionsForm) {
    this.#file = file;
    this.#form = form;
    this.#report = new ReportFrame(`Report on ${file.name}`);
    const open = button("Open in Perfetto", () => this.#attempt(() => this.#open()));
    open.className = "first";
    const downloads = OUTPUTS.map((format) =>
      button(`Download .${format}`, () => this.#attempt(() => this.#download(format))),
    );
    const report = button("Report", () => this.#attempt(() => this.#showReport()));
    const profiles = button("Profiles", () => this.#attempt(() => this.#offerProfiles()));
    this.#cancel = button("Cancel", () => this.#cancelAll());
    const heading = document.createElement("h2");
    heading.textContent = title;
    const remove = button("Remove", ({ detail }) => {
      // The second click of a double click is aimed at the card that was there.
      if (detail < 2) this.#remove();
    });
    remove.className = "remove";
    remove.ariaLabel = `Remove ${title}`;
    const bar = document.createElement("div");
    bar.className = "actions";
    bar.append(open, report, profiles, ...downloads);
    const work = document.createElement("div");
    work.className = "work";
    work.append(this.#figures, this.#cancel);
    this.#progress.setAttribute("aria-label", `Progress of ${file.name}`);
    this.#figures.className = "figures";
    this.#facts = byteSize(file.size);
    this.#factsTold = this.#facts;
    // What grows while the trace is read stands below the buttons, so that these stay where a click is aimed at.
    // The keyboard reaches what most people want first.
    this.element.append(
      heading,
      bar,
      remove,
      work,
      this.#progress,
      this.#messages.element,
      this.#profiles.element,
      this.#report.element,
    );
    this.#showBusy();
    // What most people want is under way before they ask for it.
    this.#attempt(() => this.#pending({ work: "convert", format: "pftrace" }).result);
  }

  /** The viewer opens at once, in the click, and gets the trace when it is converted. */
  async #open(): Promise<void> {
    const address = this.#form.viewer;
    const viewer = Viewer.open(address);
    if (viewer === undefined)
      throw new JobError("The browser does not let this page open a window.", "Allow it beside the address.");
    try {
      const { products } = await this.#result({ work: "convert", format: "pftrace" });
      for (const { blob, name } of products) await this.#told(viewer.show(blob, name), address);
    } catch (error) {
      viewer.close();
      throw error;
    }
  }

  /** Says so while a viewer does not answer. */
  async #told(shown: Promise<void>, { origin }: URL): Promise<void> {
    const text = `${origin} does not answer yet.`;
    const message = { kind: "warning", text, advice: "Is it a Perfetto UI, and can it be reached?" } as const;
    const timer = setTimeout(() => this.#messages.say(message), LATE);
    try {
      await shown;
    } finally {
      clearTimeout(timer);
      this.#messages.takeBack(message);
    }
  }

  async #download(format: Output): Promise<void> {
    const { products } = await this.#result({ work: "convert", format });
    for (const product of products) save(product);
  }

  async #offerProfiles(): Promise<void> {
    const { products } = await this.#result({ work: "profiles" });
    this.#profiles.show(products);
    if (products.length === 0)
      this.#messages.say({ kind: "warning", text: "The trace has no samples for any profile." });
    else this.#messages.say({ kind: "advice", text: "The profiles are below." });
  }

  async #showReport(): Promise<void> {
    for (const product of (await this.#result({ work: "report" })).products) await this.#report.show(product);
    // It may be out of sight, and a page that scrolls by itself moves what one is about to click.
    this.#messages.say({ kind: "advice", text: "The report is below." });
  }

  /** What a task gives with the options of now, as soon as possible. */
  #result(task: Task): Promise<Result> {
    const { job, result } = this.#pending(task);
    job.isAwaited = true;
    return result;
  }

  /** A task is done once, however often one asks. */
  #pending(task: Task): Pending {
    const { choices } = this.#form;
    const text = JSON.stringify(choices);
    if (text !== this.#choices) this.#results.clear();
    this.#choices = text;
    const key = JSON.stringify(task);
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const job = new Job({ ...task, file: this.#file, choices }, (share, events) => {
      if (share === undefined) this.#progress.removeAttribute("value");
      else this.#progress.value = share;
      this.#showFigures(`${byteSize(this.#file.size)} · ${counted(events, "event")}`);
    });
    const pending = { job, result: this.#follow(job) };
    this.#results.set(key, pending);
    pending.result.catch(() => {
      if (this.#results.get(key) === pending) this.#results.delete(key);
    });
    return pending;
  }

  async #follow(job: Job): Promise<Result> {
    this.#jobs.add(job);
    this.#showBusy();
    this.#messages.clear();
    try {
      const result = await job.result;
      this.#tell(result.reading);
      return result;
    } finally {
      this.#jobs.delete(job);
      this.#showBusy();
    }
  }

  #tell({ version, events, duration, messages, leftOut }: Reading): void {
    const facts = [byteSize(this.#file.size), version, durationText(duration), `${counted(events, "event")}`];
    this.#facts = facts.join(" · ");
    for (const { text, advice } of messages) this.#messages.say({ kind: "warning", text, advice });
    for (const { text, advice } of leftOut) this.#messages.say({ kind: "advice", text, advice });
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Cancelled) this.#messages.say({ kind: "warning", text: "Cancelled." });
      else if (error instanceof JobError)
        this.#messages.say({ kind: "error", text: error.message, advice: error.advice });
      else
        this.#messages.say({ kind: "error", text: error instanceof Error ? error.message : String(error) });
    }
  }

  #cancelAll(): void {
    for (const job of this.#jobs) job.cancel();
  }

  /** Ends its work and lets go of all files that were made. A viewer that has not answered yet gets its trace all the same. */
  #remove(): void {
    this.#cancelAll();
    this.#profiles.show([]);
    this.#report.clear();
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    this.element.remove();
    // The keyboard goes on where the card was.
    const target = next?.querySelector<HTMLElement>(".remove") ?? document.getElementById("files");
    target?.focus({ preventScroll: true });
  }

  #showBusy(): void {
    const isBusy = this.#jobs.size > 0;
    this.#progress.hidden = !isBusy;
    this.#cancel.hidden = !isBusy;
    if (!isBusy) this.#tellFacts();
    else if ([...this.#jobs].every(({ isWaiting }) => isWaiting)) {
      this.#progress.value = 0;
      this.#showFigures(`${byteSize(this.#file.size)} · waiting for other traces`);
    }
  }

  /** A screen reader tells what was learned of the trace, once, and no step on the way there. */
  #tellFacts(): void {
    this.#figures.ariaLive = this.#facts === this.#factsTold ? "off" : "polite";
    this.#figures.textContent = this.#facts;
    this.#factsTold = this.#facts;
  }

  #showFigures(text: string): void {
    this.#figures.ariaLive = "off";
    this.#figures.textContent = text;
  }
}

function button(text: string, act: (click: MouseEvent) => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
