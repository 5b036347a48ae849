import { type Command, InvalidArgumentError, type Option } from "commander";

/**
 * The words of a command line in the order that commander reads: the command before its options, and its arguments before
 * options that take any number of values, which would take them too.
 */
export function orderedWords(program: Command, words: readonly string[]): string[] {
  const [name, ...rest] = commandFirst(program, words);
  const command = program.commands.find((each) => each.name() === name);
  return command === undefined ? [...words] : [command.name(), ...argumentsFirst(command, rest)];
}

/** Moves the command's name before options that are its own: `-q stats IN`. */
function commandFirst(program: Command, words: readonly string[]): readonly string[] {
  for (const [i, word] of words.entries()) {
    const command = program.commands.find((each) => each.name() === word);
    if (command !== undefined && isOptions(command, words.slice(0, i)))
      return [word, ...words.slice(0, i), ...words.slice(i + 1)];
  }
  return words;
}

/** Whether words are options of a command with their values, and nothing else. */
function isOptions(command: Command, words: readonly string[]): boolean {
  for (let i = 0; i < words.length; i++) {
    const option = optionOf(command, words[i] as string);
    if (option === undefined) return false;
    if (takesNext(option, words[i] as string) && ++i >= words.length) return false;
  }
  return true;
}

/**
 * Moves arguments out of a list of values: `check --assert EXPR IN`. They are what the option does not take for a value. If
 * the command has its arguments elsewhere, or these are more than it wants, they are values that are wrong.
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

/** The option that a word is, also with its value: `--from=1s`, `-oOUT`. */
function optionOf({ options }: Command, word: string): Option | undefined {
  const flag = word.startsWith("--") ? word.replace(/=.*/s, "") : word.slice(0, 2);
  return options.find(({ long, short }) => long === flag || short === flag);
}

/** Whether an option's value is the next word. */
function takesNext({ required }: Option, word: string): boolean {
  return required && (word.startsWith("--") ? !word.includes("=") : word.length === 2);
}
