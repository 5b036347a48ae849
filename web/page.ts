import { OptionsForm } from "./options.js";
import { TraceCard } from "./trace-card.js";

const element = <T extends HTMLElement>(selector: string) => document.querySelector(selector) as T;

const form = new OptionsForm(element("#options form"));
const drop = element("#drop");
const input = element<HTMLInputElement>("#files");
const traces = element("#traces");

function add(files: Iterable<File>): void {
  const cards = [...files].map((file) => new TraceCard(file, form));
  traces.prepend(...cards.map((card) => card.element));
}

input.addEventListener("change", () => {
  add(input.files ?? []);
  // The same file may be chosen again.
  input.value = "";
});

// A file that misses the field would leave the page.
addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", () => drop.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  add(event.dataTransfer?.files ?? []);
});

// Without it the page works too, but not without a network.
navigator.serviceWorker?.register(new URL("./service-worker.js", document.baseURI)).catch(() => undefined);
