import { type Command, InvalidArgumentError } from "commander";
import type { AnonymizeOptions } from "./name-key.js";
import { parseName } from "./values.js";

/** Adds the options to a command. */
export function addAnonymizeOptions(command: Command): void {
  command
    .option(
      "--anonymize",
      "replace names of functions, files, tasks and regions, and leave out log messages; names of the standard library stay",
    )
    .option(
      "--keep <REGEXP>",
      "with --anonymize: functions, tasks and regions whose name matches keep it",
      parsePattern,
    )
    .option("--keep-logs", "with --anonymize: keep log messages as they are")
    .option(
      "--anonymize-key <FILE>",
      "with --anonymize: the same key gives the same names; a FILE that does not exist gets a new key",
      parseName,
    )
    .hook("preAction", async () => {
      const options: AnonymizeOptions = command.opts();
      if (!isAboutNames(options)) return;
      const { namingOf } = await import("./name-key.js");
      command.setOptionValue("naming", await namingOf(options));
    });
}

/** Whether any of the options is given. */
function isAboutNames({ anonymize, anonymizeKey, keep, keepLogs }: AnonymizeOptions): boolean {
  return [anonymize, anonymizeKey, keep, keepLogs].some((option) => option !== undefined);
}

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError("It is not a regular expression.");
  }
}
