import { type ChildProcess, fork } from "node:child_process";
import { TOGETHER } from "./examine.js";
import type { Finding } from "./findings.js";
import { LIMITS } from "./limits.js";

export interface Question {
  readonly inputs: readonly Uint8Array[];
  /** Names of what is to be made of them. */
  readonly names: readonly string[];
  /** Whether each thing is made by itself. */
  readonly apart: boolean;
}
export interface Answer {
  /** For each input. */
  readonly findings: readonly (readonly Finding[])[];
}

/** Starting takes its time, as it includes warming up. */
const START_SECONDS = 300;

/**
 * A process of its own that examines inputs. One that does not answer in time is killed wherever it is, as a loop
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

  /** What is wrong with each of some inputs. Those of which the process gives no answer are examined one by one. */
  async examineAll(
    inputs: readonly Uint8Array[],
    names: readonly string[],
  ): Promise<readonly (readonly Finding[])[]> {
    const answer = await this.#ask({ inputs, names, apart: false });
    if (!isDead(answer)) return answer.findings;
    const findings: (readonly Finding[])[] = [];
    for (const bytes of inputs) findings.push(await this.examine(bytes, names));
    return findings;
  }

  /** What is wrong with an input, each thing made of it by itself. */
  async examine(bytes: Uint8Array, names: readonly string[]): Promise<readonly Finding[]> {
    const answer = await this.#ask({ inputs: [bytes], names, apart: true });
    if (isDead(answer)) return [answer];
    const [findings = []] = answer.findings;
    // What has been in use before would hide what the next input takes.
    if (findings.some(({ kind }) => kind === "memory")) this.stop();
    return findings;
  }

  stop(): void {
    this.#process?.kill("SIGKILL");
    this.#process = undefined;
  }

  async #ask(question: Question): Promise<Answer | Finding> {
    const child = this.#process ?? (await this.#start());
    const answer = await answerOf(child, this.#seconds, () => child.send(question));
    if (isDead(answer)) this.stop();
    return answer;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(this.#module, {
      serialization: "advanced",
      execArgv: ["--max-semi-space-size=16"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const answer = await answerOf(child, START_SECONDS, () => {});
    if (isDead(answer)) throw new Error(`the fuzzed process does not start: ${answer.message}`);
    this.#process = child;
    return child;
  }
}

function isDead(answer: Answer | Finding): answer is Finding {
  return "kind" in answer;
}

/** What a process answers, or how it came to its end without an answer. */
function answerOf(child: ChildProcess, seconds: number, ask: () => void): Promise<Answer | Finding> {
  return new Promise((resolve) => {
    const end = (answer: Answer | Finding) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(answer);
    };
    const died = (kind: "crash" | "hang", message: string) => end({ kind, target: TOGETHER, message });
    const timer = setTimeout(() => {
      died("hang", "no answer");
      child.kill("SIGKILL");
    }, seconds * 1000);
    child.once("message", (answer) => end(answer as Answer));
    child.once("exit", (code, signal) => died("crash", `the process died: ${signal ?? code}`));
    child.once("error", (error) => died("crash", error.message));
    ask();
  });
}
