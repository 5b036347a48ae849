import { type MessageOptions, Messages } from "../../process/messages.js";

export interface BrowserOptions extends MessageOptions {
  /** False with `--no-browser`. */
  readonly browser: boolean;
}

/** Prints the link, and opens a browser unless `--no-browser` is given. */
export async function showInBrowser(link: string, options: BrowserOptions): Promise<void> {
  // Without a browser, the link is the result of the command: print it even with --quiet.
  new Messages({ ...options, quiet: options.browser && (options.quiet ?? false) }).info(link);
  if (!options.browser) return;
  const messages = new Messages(options);
  const failed = () => messages.warning("no browser could be opened", "Open the address above in a browser.");
  try {
    const { default: open } = await import("open");
    const browser = await open(link);
    browser.once("close", (code: number | null) => code !== 0 && code !== null && failed());
  } catch {
    failed();
  }
}
