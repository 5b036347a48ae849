import type { Product } from "./messages.js";

/** Links that save files. Those that are replaced release their files. */
export class FileLinks {
  readonly element = document.createElement("div");

  constructor() {
    this.element.className = "actions";
  }

  show(products: readonly Product[]): void {
    for (const { href } of this.element.querySelectorAll("a")) URL.revokeObjectURL(href);
    this.element.replaceChildren(...products.map(linkTo));
  }
}

/** Saves a file as a click on its link does. */
export function save(product: Product): void {
  const link = linkTo(product);
  link.click();
  // The browser has begun the download when the next task runs.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

function linkTo({ name, about = name, blob }: Product): HTMLAnchorElement {
  const link = document.createElement("a");
  link.className = "file";
  link.download = name;
  link.textContent = about;
  link.href = URL.createObjectURL(blob);
  return link;
}
