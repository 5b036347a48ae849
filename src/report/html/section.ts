import { html } from "./text.js";

/** A section of a page. */
export interface Section {
  readonly id: string;
  /** Of the list of contents. */
  readonly short: string;
  readonly title: string;
  /** What it shows, in a sentence or two of HTML. */
  readonly about: string;
  /** HTML; an empty section is left out. */
  readonly body: string;
}

/** The list of contents and the sections, without empty ones. */
export function sectionsHtml(sections: readonly Section[]): string {
  const told = sections.filter(({ body }) => body !== "");
  const links = told.map(({ id, short }) => `<li><a href="#${id}">${html(short)}</a></li>`);
  const parts = told.map(
    ({ id, title, about, body }) => `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${html(title)}</h2>
${about === "" ? "" : `<p class="about">${about}</p>`}
${body}
</section>`,
  );
  return `<nav aria-label="Contents"><ul>${links.join("")}</ul></nav>
<main>
${parts.join("\n")}
</main>`;
}

/** A place for a chart, of fixed height, that the page's script fills. @param trace the number of the trace in the data */
export function chartHtml(chart: string, trace: number, caption: string, label: string): string {
  return `<figure class="chart">
<figcaption>${html(caption)}</figcaption>
<div class="plot ${chart}" data-chart="${chart}" data-trace="${trace}" data-label="${html(label)}"></div>
</figure>`;
}
