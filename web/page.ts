import { type DroppedFile, dropped } from "./dropped.js";
import { OptionsForm } from "./options.js";
import { TraceCard } from "./trace-card.js";

const element = <T extends HTMLElement>(selector: string) => document.querySelector(selector) as T;

const form = new OptionsForm(element("#options form"));
const drop = element("#drop");
const input = element<HTMLInputElement>("#files");
const told = element("#told");
const traces = element("#traces");

/** What is found is above what was there, the first one first. */
function add(files: readonly DroppedFile[]): void {
  const cards = files.map(({ file, path }) => new TraceCard(file, path, form));
  traces.prepend(...cards.map((card) => card.element));
}

async function take({ files, folders }: ReturnType<typeof dropped>): Promise<void> {
  add(files);
  if (folders.length === 0) {
    told.textContent = files.length === 0 ? "What was dropped is not a file." : "";
    return;
  }
  told.textContent = `Looking for traces in ${folders.map(({ name }) => name).join(", ")} …`;
  const found: DroppedFile[] = [];
  for (const folder of folders) found.push(...(await folder.traces()));
  add(found);
  told.textContent = folders.map((folder) => folder.told).join(" ");
}

input.addEventListener("change", () => {
  add([...(input.files ?? [])].map((file) => ({ file, path: file.name })));
  told.textContent = "";
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
  void take(dropped(event.dataTransfer));
});

// Without it the page works too, but not without a network.
navigator.serviceWorker?.register(new URL("./service-worker.js", document.baseURI)).catch(() => undefined);
