import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll } from "vitest";
import { takeViewerPort, WAIT } from "../../../support/viewer-port.js";
import { emptyFolder, resultOf, start } from "../../command.js";

/** A command that has printed its link and serves the trace. */
export interface Opened {
  readonly link: string;
  /** Where the trace is. */
  readonly url: string;
  /** The folder in which it keeps what is temporary. */
  readonly temporary: string;
  readonly pid: number;
  /** Its standard input. */
  readonly input: Writable;
  /** What it has said. */
  said(): string;
  readonly result: ReturnType<typeof resultOf>;
  stop(): Promise<number | null>;
}

const children: ReturnType<typeof start>[] = [];
let release: (() => Promise<void>) | undefined;

beforeAll(async () => {
  release = await takeViewerPort();
}, WAIT);

afterAll(() => release?.());

// One that goes on would keep the port that the next may want.
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Runs `open` until it has printed its link. @param input the beginning of its standard input */
export async function opened(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input: Uint8Array = new Uint8Array(),
): Promise<Opened> {
  const temporary = emptyFolder();
  const child = start(["open", ...args], emptyFolder(), { TMPDIR: temporary, ...environment });
  children.push(child);
  child.stdin.write(input);
  const result = resultOf(child);
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  while (!/^https?:.*\n/m.test(said)) {
    if (child.exitCode !== null) throw new Error(`it ended: ${said}`);
    await sleep(10);
  }
  const link = /^https?:.*/m.exec(said)?.[0] ?? "";
  const route = new URLSearchParams(new URL(link).hash.replace("#!/?", ""));
  const stop = async () => {
    child.kill("SIGINT");
    return (await result).code;
  };
  const url = route.get("url") ?? "";
  return { link, url, temporary, pid: child.pid ?? 0, input: child.stdin, said: () => said, result, stop };
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks a server, on a connection of its own. */
export async function ask(
  url: string,
  method: string,
  headers: Record<string, string> | string[],
): Promise<Answer> {
  const sent = request(url, { method, headers, agent: false }).end();
  const [response] = await once(sent, "response");
  const body = Buffer.concat(await response.toArray());
  return { status: response.statusCode, headers: response.headers, body };
}
