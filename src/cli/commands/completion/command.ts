import type { CommandDescription } from "../description.js";
import { SHELLS, type Shell } from "./shells.js";

/** `go2perfetto completion SHELL` */
export const completion: CommandDescription = {
  name: "completion",
  summary: "print a script that completes commands, options and values in a shell",
  description:
    "Prints a script for a shell. With it, the Tab key completes commands, options, their values and file names.",
  arguments: {
    "<SHELL>": "the shell",
    "[WORDS...]": "words of a command line: prints what the last one may become, for the script",
  },
  usage: "<SHELL>",
  addOptions(command) {
    command.registeredArguments[0]?.choices(SHELLS);
  },
  help: `
Add the line for your shell to the file that it reads at its start:
  ~/.bashrc                   source <(go2perfetto completion bash)
  ~/.zshrc, below compinit    source <(go2perfetto completion zsh)
  ~/.config/fish/config.fish  go2perfetto completion fish | source
  $PROFILE of PowerShell      go2perfetto completion powershell | Out-String | Invoke-Expression

Examples:
  go2perfetto completion bash > go2perfetto-completion.bash`,
  run: async ([shell, ...words], _, program) =>
    (await import("./completion.js")).completionCommand(program, shell as Shell, words),
};
