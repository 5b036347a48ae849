import { Option } from "commander";

/** An option whose values a shell can suggest. Unlike `choices`, they are not all that it allows. */
export class SuggestingOption extends Option {
  /**
   * @param values called only if the shell asks
   * @param isList whether a value is a list of these, separated by commas
   */
  constructor(
    flags: string,
    description: string,
    readonly values: () => readonly string[],
    readonly isList = false,
  ) {
    super(flags, description);
  }
}
