/** The shells that have a script. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

/** The line that says: file names, too. */
export const FILES = ":files";

/*
 * Each script asks `go2perfetto completion SHELL -- WORDS`, with the words of the command line up to the cursor. The
 * answer has a line for each candidate: the word, a tab, what it means. The scripts are as small as they can be, since
 * only `candidates.ts` knows the command line.
 */

const bash = `_go2perfetto() {
  local words=() last=-1 i value about current=\${COMP_WORDS[COMP_CWORD]}
  # Bash takes = and : for words of their own.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if ((last >= 0)) && [[ \${COMP_WORDS[i]} == [=:] || \${COMP_WORDS[i - 1]} == [=:] ]]; then
      words[last]+=\${COMP_WORDS[i]}
    else
      words[++last]=\${COMP_WORDS[i]}
    fi
  done
  [[ $current == [=:] ]] && current=
  local before=\${words[last]%"$current"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    if [[ $value == ${FILES} ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${value#"$before"}")
    fi
  done < <(go2perfetto completion bash -- "\${words[@]}" 2>/dev/null)
}
complete -F _go2perfetto go2perfetto`;

const zsh = `#compdef go2perfetto
_go2perfetto() {
  local -a candidates
  local value about files=0
  while IFS=$'\\t' read -r value about; do
    if [[ $value == ${FILES} ]]; then
      files=1
    else
      candidates+=("\${value//:/\\\\:}:$about")
    fi
  done < <(go2perfetto completion zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  (( $#candidates )) && _describe -V go2perfetto candidates
  (( files )) && _files
}
if [[ $funcstack[1] == _go2perfetto ]]; then _go2perfetto; else compdef _go2perfetto go2perfetto; fi`;

const fish = `function __go2perfetto
  # The word as it is meant: without an open quote, and without backslashes.
  set -l word "$(commandline -ct | string replace -r '^[\\'"]' '' | string unescape)"
  set -l words (commandline -opc) $word
  for line in (go2perfetto completion fish -- $words[2..] 2>/dev/null)
    if test "$line" = ${FILES}
      __fish_complete_path $word
    else
      echo $line
    end
  end
end
complete -c go2perfetto -f -k -a '(__go2perfetto)'`;

// PowerShell completes file names by itself where there is no candidate. Its older versions leave out empty words.
const powershell = `Register-ArgumentCompleter -Native -CommandName go2perfetto -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | Select-Object -Skip 1 | ForEach-Object { "$_" })
  $last = if ($word) { $word } else { '""' }
  go2perfetto completion powershell '--' @words $last 2>$null | Where-Object { $_ -ne '${FILES}' } | ForEach-Object {
    $value, $about = $_ -split [char]9, 2
    if (-not $about) { $about = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
  }
}`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
