import type { Messages } from "../process/messages.js";
import { abandonedFiles } from "./pending-file.js";

/**
 * Names what a run that was killed has left beside the files of this one. It is not removed: another process may be
 * writing the same file at this time.
 */
export async function tellAbandoned(messages: Messages): Promise<void> {
  const files = await abandonedFiles();
  const [first] = files;
  if (first === undefined) return;
  const which = files.length === 1 ? `${first} is` : `${first} and ${files.length - 1} more are`;
  messages.warning(
    `${which} half-written: a run was killed, or another is writing now`,
    "Remove what no other go2perfetto is writing.",
  );
}
