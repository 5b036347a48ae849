/**
 * The start function of a goroutine in full, from `thread` and `process`: the second word of the command line of its group, or else
 * the name of its row.
 */
export const START_FUNCTION = `replace(iif(instr(cmdline, ' ') > 0, substr(cmdline, instr(cmdline, ' ') + 1), thread.name),
  char(160), ' ')`;

/** Go's reason of a wait, which is a slice `s`: its name, unless that is a function of package sync. */
export const WAIT_REASON = "coalesce(extract_arg(s.arg_set_id, 'debug.reason'), s.name)";
