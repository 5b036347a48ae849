import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { emptyFolder } from "../cli/command.js";
import { runCommands } from "./examples.js";

interface Input {
  readonly required?: boolean;
  readonly default?: string;
}

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, Input>>;
  readonly runs: { readonly steps: readonly Step[] };
}

/** The action of this repository. */
export const ACTION = parse(
  readFileSync(fileURLToPath(new URL("../../action.yml", import.meta.url)), "utf8"),
) as Action;

export interface ActionRun {
  /** Outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What it printed, or the error if a step failed. */
  readonly said: string;
  readonly failed: boolean;
}

/** Runs the action's commands as the runner does, but for the installation: the built command is there. */
export function runAction(inputs: Readonly<Record<string, string>>, cwd: string): ActionRun {
  const unknown = Object.keys(inputs).filter((name) => !(name in ACTION.inputs));
  if (unknown.length > 0) throw new Error(`the action has no inputs ${unknown.join(", ")}`);
  const files = emptyFolder();
  const [output, summary] = [join(files, "output"), join(files, "summary.md")];
  const value = (name: string) => inputs[name] ?? ACTION.inputs[name]?.default ?? "";
  const steps = ACTION.runs.steps.filter(({ run, name }) => run !== undefined && name !== "Install");
  let [said, failed] = ["", false];
  for (const { run = "", env = {} } of steps) {
    const filled = Object.entries(env).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, input: string) => value(input)),
    ]);
    try {
      said += runCommands(run, cwd, {
        ...Object.fromEntries(filled),
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
      });
    } catch (error) {
      said += String(error);
      failed = true;
    }
  }
  const lines = readFileSync(output, "utf8").trim().split("\n");
  const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s) as [string, string]));
  return { outputs, summary: readFileSync(summary, { encoding: "utf8", flag: "a+" }), said, failed };
}
