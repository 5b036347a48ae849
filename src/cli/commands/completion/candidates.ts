import type { Argument, Command, Option } from "commander";
import { SuggestingOption } from "../../options/suggesting-option.js";
import { FILES } from "./shells.js";

/** Values that are files, by how the help calls them. */
const FILE_VALUE = /<(OUT|FILE|EXE|RAW|A)>|-dir </;
/** What PowerShell gives for an empty word. */
const EMPTY = '""';

interface Candidate {
  readonly word: string;
  readonly about?: string;
}

/** What a place takes: words, and perhaps names of files. */
interface Place {
  readonly words: readonly Candidate[];
  readonly files?: boolean;
}

/**
 * What the last word may become.
 *
 * @param program the commands, whose first one is the default
 * @param words of the command line, without the program's name; the last may be a part of one
 * @returns lines of a word, a tab and what it means; {@link FILES} if names of files may be there too
 */
export function candidatesFor(program: Command, words: readonly string[]): string[] {
  const last = words.at(-1) === EMPTY ? "" : (words.at(-1) ?? "");
  const { words: candidates, files } = placeOf(program, words.slice(0, -1), last);
  const fitting = candidates.filter(({ word }) => word.startsWith(last));
  return [
    ...fitting.map(({ word, about = "" }) => `${word}\t${about.replace(/\s+/g, " ")}`),
    ...(files === true ? [FILES] : []),
  ];
}

function placeOf(program: Command, before: readonly string[], last: string): Place {
  const at = before.findIndex((word) => isName(program, word));
  const command =
    program.commands[at < 0 ? 0 : program.commands.findIndex((each) => each.name() === before[at])];
  if (command === undefined) return helpPlace(program);
  const [, flag, list] = /^(--[\w-]+)=(.*)$/s.exec(last) ?? [];
  if (flag !== undefined) return valuePlace(optionOf(command, flag), list ?? "", `${flag}=`);
  const awaiting = valueTaker(command, before.at(-1));
  if (awaiting !== undefined && !last.startsWith("--")) return valuePlace(awaiting, last);
  if (last.startsWith("-")) return { words: command.options.flatMap(optionCandidate) };
  if (at < 0 && before.every((word) => word.startsWith("-"))) {
    return { words: commandCandidates(program), files: true };
  }
  return argumentPlace(command, argumentCount(command, before.slice(at + 1)));
}

function isName(program: Command, word: string): boolean {
  return word === "help" || program.commands.some((each) => each.name() === word);
}

function commandCandidates(program: Command): Candidate[] {
  return program.commands.map((each) => ({ word: each.name(), about: each.summary() }));
}

/** After `help`. */
function helpPlace(program: Command): Place {
  return { words: commandCandidates(program) };
}

function optionCandidate({ long, description, hidden }: Option): Candidate[] {
  return long && !hidden ? [{ word: long, about: description }] : [];
}

function optionOf({ options }: Command, word: string | undefined): Option | undefined {
  return options.find(({ long, short }) => word !== undefined && (word === long || word === short));
}

/** The option before, if the next word is its value. */
function valueTaker(command: Command, word: string | undefined): Option | undefined {
  const option = optionOf(command, word);
  return option?.required === true ? option : undefined;
}

/** @param prefix what of the word comes before the value */
function valuePlace(option: Option | undefined, value: string, prefix = ""): Place {
  if (option === undefined) return { words: [] };
  if (option instanceof SuggestingOption) {
    const earlier = option.isList ? value.replace(/[^,]*$/, "") : "";
    const taken = earlier.split(",");
    const words = option.values().filter((each) => !taken.includes(each));
    return { words: words.map((each) => ({ word: prefix + earlier + each })) };
  }
  const words = (option.argChoices ?? []).map((each) => ({ word: prefix + each }));
  return { words, files: FILE_VALUE.test(option.flags) };
}

/** How many arguments of a command there are. */
function argumentCount(command: Command, words: readonly string[]): number {
  return words.filter((word, i) => !word.startsWith("-") && valueTaker(command, words[i - 1]) === undefined)
    .length;
}

/** @param index of the argument */
function argumentPlace({ registeredArguments }: Command, index: number): Place {
  const last = registeredArguments.at(-1);
  const argument: Argument | undefined = registeredArguments[index] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return { words: [] };
  const { argChoices = [] } = argument;
  return { words: argChoices.map((word) => ({ word })), files: argChoices.length === 0 };
}
