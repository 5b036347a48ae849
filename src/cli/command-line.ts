import { type Command, InvalidArgumentError, type Option } from "commander";

/**
 * Reorders the words of a command line for commander: the command before its options, and arguments before
 * variadic options, which would take the arguments as values.
 */
export function orderedWords(program: Command, words: readonly string[]): string[] {
  const [name, ...rest] = commandFirst(program, words);
  const command = program.commands.find((each) => each.name() === name);
  return command === undefined ? [...words] : [command.name(), ...argumentsFirst(command, rest)];
}

/** Moves the name of the command before its options: `-q stats IN`. */
function commandFirst(program: Command, words: readonly string[]): readonly string[] {
  for (const [i, word] of words.entries()) {
    const command = program.commands.find((each) => each.name() === word);
    if (command !== undefined && isOptions(command, words.slice(0, i)))
      return [word, ...words.slice(0, i), ...words.slice(i + 1)];
  }
  return words;
}

/** Whether all words are options of a command and their values. */
function isOptions(command: Command, words: readonly string[]): boolean {
  for (let i = 0; i < words.length; i++) {
    const option = optionOf(command, words[i] as string);
    if (option === undefined) return false;
    if (takesNext(option, words[i] as string) && ++i >= words.length) return false;
  }
  return true;
}

/**
 * Moves arguments out of a variadic option's values: `check --assert EXPR IN`. A word that the option rejects
 * as a value is an argument. If the command has its arguments elsewhere, or would get too many, such words
 * stay invalid values.
 */
function argumentsFirst(command: Command, words: readonly string[]): readonly string[] {
  const rest: string[] = [];
  const found: string[] = [];
  let list: Option | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const option = optionOf(command, word);
    if (option === undefined) {
      if (list === undefined || (word !== "-" && word.startsWith("-"))) return words;
      (isValue(list, word) ? rest : found).push(word);
      continue;
    }
    rest.push(word);
    list = option.variadic && takesNext(option, word) ? option : undefined;
    if (takesNext(option, word) && i + 1 < words.length) rest.push(words[++i] as string);
  }
  return isWanted(command, found.length) ? [...found, ...rest] : words;
}

function isWanted(command: Command, count: number): boolean {
  const { length } = command.registeredArguments;
  return count === length || (count > length && command.registeredArguments.at(-1)?.variadic === true);
}

function isValue({ parseArg }: Option, word: string): boolean {
  try {
    parseArg?.(word, undefined);
    return true;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return false;
    throw error;
  }
}

/** The option of a word, which may include the value: `--from=1s`, `-oOUT`. */
function optionOf({ options }: Command, word: string): Option | undefined {
  const flag = word.startsWith("--") ? word.replace(/=.*/s, "") : word.slice(0, 2);
  return options.find(({ long, short }) => long === flag || short === flag);
}

/** Whether the value of an option is the next word. */
function takesNext({ required }: Option, word: string): boolean {
  return required && (word.startsWith("--") ? !word.includes("=") : word.length === 2);
}
