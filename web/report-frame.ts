import { FileLinks } from "./file-links.js";
import type { Product } from "./messages.js";

/** The report's own script runs, and cannot reach this page. The sites that its links lead to are not bound. */
const ALLOWED = ["scripts", "downloads", "popups", "popups-to-escape-sandbox"];

/** A report in place, with the link that saves it. */
export class ReportFrame {
  readonly element = document.createElement("div");
  readonly #title: string;
  readonly #links = new FileLinks();

  constructor(title: string) {
    this.#title = title;
  }

  async show(report: Product): Promise<void> {
    const text = await report.blob.text();
    // Its trace may have been removed meanwhile.
    if (!this.element.isConnected) return;
    this.#links.show([{ ...report, about: "Save the report" }]);
    // A new frame each time: the back button leads to no earlier report.
    const frame = document.createElement("iframe");
    frame.title = this.#title;
    frame.setAttribute("sandbox", ALLOWED.map((what) => `allow-${what}`).join(" "));
    frame.srcdoc = text;
    this.element.replaceChildren(this.#links.element, frame);
  }

  clear(): void {
    this.#links.show([]);
    this.element.replaceChildren();
  }
}
