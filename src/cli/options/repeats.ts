import { type Command, InvalidArgumentError, type Option } from "commander";

/** Makes it an error to give an option again whose earlier value would be lost. Call it when the command has its options. */
export function refuseRepeats(command: Command): void {
  for (const option of command.options) {
    const takesValue = option.required || option.optional;
    if (takesValue && !option.variadic && !collects(option)) refuseRepeat(option);
  }
}

/** Whether the parser takes the value before, as its second parameter. That of `choices` takes it for variadic options. */
function collects({ argChoices, parseArg }: Option): boolean {
  return argChoices === undefined && parseArg !== undefined && parseArg.length > 1;
}

function refuseRepeat(option: Option): void {
  const { description, long, parseArg } = option;
  let given: string | undefined;
  option.argParser((text, before: unknown) => {
    if (given !== undefined) {
      const isList = description.includes("separated by commas");
      const advice = isList ? ` Give it once: ${long} ${given},${text}.` : "";
      throw new InvalidArgumentError(`It is given twice.${advice}`);
    }
    given = text;
    return parseArg === undefined ? text : parseArg(text, before);
  });
}
