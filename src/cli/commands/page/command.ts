import { parsePort } from "../../options/values.js";
import type { CommandDescription } from "../description.js";
import type { PageOptions } from "./page.js";

/** `go2perfetto page` */
export const page: CommandDescription<PageOptions> = {
  name: "page",
  summary: "open a page that converts traces in the browser",
  description:
    "Serves a page to this machine, and opens it. A trace that is dropped there is converted in the browser, and nothing is uploaded.",
  arguments: {},
  addOptions(command) {
    command
      .option("--no-browser", "do not open a browser, print the address instead")
      .option("--port <N>", "port to listen on (default: a free one)", parsePort);
  },
  help: `
The page is served until Ctrl-C.

Examples:
  go2perfetto page
  go2perfetto page --no-browser --port 8080`,
  run: async (_words, options) => (await import("./page.js")).pageCommand(options),
};
