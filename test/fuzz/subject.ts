import { type ChildProcess, fork } from "node:child_process";
import type { Finding } from "./findings.js";
import { LIMITS } from "./limits.js";

export interface Question {
  readonly bytes: Uint8Array;
  /** Names of what is to be made of it; everything where absent. */
  readonly targets?: readonly string[];
}
export interface Answer {
  readonly findings: readonly Finding[];
}

/** The target of what is found of a process that gives no answer. */
export const NO_ANSWER = "any";
/** Starting takes its time, as it includes warming up. */
const START_SECONDS = 300;

/**
 * A process of its own that examines inputs, one at a time. One that does not answer in time is killed wherever it is, as a loop
 * that never ends listens to nobody; one that dies is told of as a crash. Another takes its place.
 */
export class Subject {
  readonly #module: string;
  readonly #seconds: number;
  #process: ChildProcess | undefined;

  /** @param module the program, which answers a {@link Question} with an {@link Answer}, and gives one when it is ready */
  constructor(module: string, seconds: number = LIMITS.hang) {
    this.#module = module;
    this.#seconds = seconds;
  }

  /** Everything that is wrong with what is made of an input. */
  async examine(bytes: Uint8Array, targets?: readonly string[]): Promise<readonly Finding[]> {
    const child = this.#process ?? (await this.#start());
    const question: Question = { bytes, ...(targets && { targets }) };
    const findings = await answerOf(child, this.#seconds, () => child.send(question));
    // What has been in use before would hide what the next input takes; and a process that is gone answers no more.
    if (findings.some(({ kind, target }) => kind === "memory" || target === NO_ANSWER)) this.stop();
    return findings;
  }

  stop(): void {
    this.#process?.kill("SIGKILL");
    this.#process = undefined;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(this.#module, {
      serialization: "advanced",
      execArgv: ["--max-semi-space-size=4"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const [failure] = await answerOf(child, START_SECONDS, () => {});
    if (failure !== undefined) throw new Error(`the fuzzed process does not start: ${failure.message}`);
    this.#process = child;
    return child;
  }
}

function answerOf(child: ChildProcess, seconds: number, ask: () => void): Promise<readonly Finding[]> {
  return new Promise((resolve) => {
    const end = (findings: readonly Finding[]) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(findings);
    };
    const died = (kind: "crash" | "hang", message: string) => end([{ kind, target: NO_ANSWER, message }]);
    const timer = setTimeout(() => {
      died("hang", "no answer");
      child.kill("SIGKILL");
    }, seconds * 1000);
    child.once("message", (answer) => end((answer as Answer).findings));
    child.once("exit", (code, signal) => died("crash", `the process died: ${signal ?? code}`));
    child.once("error", (error) => died("crash", error.message));
    ask();
  });
}
