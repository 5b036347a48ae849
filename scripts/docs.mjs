// Writes docs/cli.md from the commands themselves: npm run docs. With --check it only says whether the file is current.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadSource } from "./load-source.mjs";

const FILE = fileURLToPath(new URL("../docs/cli.md", import.meta.url));

/** An option that as many commands have is described once, in a table of its own. */
const SHARED_BY = 4;
const SHARED_TITLE = "Options of several commands";

const HEAD = `<!-- Made by npm run docs from the commands' own help. Edit that, not this file. -->

# Command line reference

Options may come before or after the arguments. \`go2perfetto help COMMAND\` prints the same on a terminal.
Durations are written as in Go: \`1.5s\`, \`300ms\`, \`1m2s\`.`;

const { commandLine } = await loadSource("src/cli/program.ts");
const text = reference(commandLine());

if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (readFileSync(FILE, "utf8") !== text) {
  console.error("docs/cli.md is not current. Run: npm run docs");
  process.exitCode = 1;
}

/** The whole page. @param program what commander knows of the program */
function reference(program) {
  const { commands } = program;
  const shared = sharedOptions(commands);
  // All commands but the one that completes words, which has no options.
  const readers = commands.filter(({ options }) => options.length > 0);
  const parts = [
    HEAD,
    table(
      ["command", ""],
      commands.map((each) => [`[\`${each.name()}\`](#${each.name()})`, prose(each.summary())]),
    ),
    ...commands.map((command) => commandSection(command, shared)),
    `## ${SHARED_TITLE}`,
    table(
      ["option", "", "commands"],
      [...shared.values()].map(({ option, names }) => [
        code(option.flags),
        about(option),
        names.length === readers.length ? "all" : names.join(", "),
      ]),
    ),
    "## Exit codes",
    ...exitCodes(helpBlocks(program)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Options that are the same in several commands, by what they say. */
function sharedOptions(commands) {
  const all = new Map();
  for (const command of commands) {
    for (const option of command.options) {
      const { names } = all.get(keyOf(option)) ?? { names: [] };
      all.set(keyOf(option), { option, names: [...names, command.name()] });
    }
  }
  return new Map([...all].filter(([, { names }]) => names.length >= SHARED_BY));
}

function keyOf(option) {
  return JSON.stringify([option.flags, option.description, option.defaultValue, option.argChoices]);
}

function commandSection(command, shared) {
  const own = command.options.filter((option) => !shared.has(keyOf(option)));
  const others = command.options.filter((option) => shared.has(keyOf(option)));
  const parts = [
    `## ${command.name()}`,
    prose(command.description()),
    fenced(command.usage().replace(/^/, `go2perfetto ${command.name()} `).replaceAll(/\n +/g, "\n")),
    table(
      ["argument", ""],
      command.registeredArguments.map((each) => [code(each.name()), about(each)]),
    ),
    table(
      ["option", ""],
      own.map((option) => [code(option.flags), about(option)]),
    ),
    others.length === 0
      ? ""
      : `Also ${others.map(({ long }) => code(long)).join(", ")}: see [${SHARED_TITLE}](#${anchor(SHARED_TITLE)}).`,
    ...helpBlocks(command)
      .filter(({ title }) => title !== "Exit codes")
      .map(blockText),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** What the help says of an option or an argument, with its values. */
function about({ description, argChoices, defaultValue }) {
  const values = argChoices && `one of ${argChoices.map(code).join(", ")}`;
  const usual = typeof defaultValue === "boolean" ? undefined : defaultValue;
  const more = [values, usual && `default: ${code(usual)}`].filter(Boolean).join("; ");
  return prose(description) + (more && ` (${more})`);
}

/** What stands below the options in the help: paragraphs, and lists below a line that ends with a colon. */
function helpBlocks(command) {
  let help = "";
  command.configureOutput({ writeOut: (written) => (help += written) });
  command.outputHelp();
  const below = help.slice(command.helpInformation().length).trim();
  return below.split(/\n{2,}/).map((block) => {
    const [first, ...rest] = block.split("\n");
    if (!first.endsWith(":") || rest.length === 0) return { text: block };
    return { title: first.slice(0, -1), lines: rest };
  });
}

function blockText({ title, lines, text }) {
  if (title === undefined) return prose(text.replaceAll("\n", " "));
  return `${title}:\n\n${fenced(lines.map((line) => line.trim()).join("\n"))}`;
}

function exitCodes(blocks) {
  const { lines } = blocks.find(({ title }) => title === "Exit codes");
  const rows = lines.map((line) => /^ +(\d[\d, ]*?) {2,}(.*)$/.exec(line)).filter((row) => row !== null);
  const others = lines.filter((line) => !/^ +\d/.test(line));
  return [
    table(
      ["code", ""],
      rows.map(([, codes, meaning]) => [codes, prose(meaning)]),
    ),
    ...others.map((line) => prose(line.trim())),
  ];
}

function table(head, rows) {
  if (rows.length === 0) return "";
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text in which Markdown means nothing. */
function prose(text) {
  return text.replaceAll(/[|<>*_[\]]/g, "\\$&");
}

function code(text) {
  return `\`${String(text).replaceAll("|", "\\|")}\``;
}

function fenced(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function anchor(title) {
  return title.toLowerCase().replaceAll(" ", "-");
}
