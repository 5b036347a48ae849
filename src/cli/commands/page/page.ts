import { type BrowserOptions, showInBrowser } from "../open/browser.js";
import { PageServer } from "./page-server.js";

export interface PageOptions extends BrowserOptions {
  readonly port?: number;
}

/** `go2perfetto page`. It ends with a signal only. */
export async function pageCommand(options: PageOptions): Promise<never> {
  const server = await PageServer.start(options.port ?? 0);
  await showInBrowser(server.url, options);
  return new Promise<never>(() => undefined);
}
