import { TraceFolder } from "./trace-folder.js";

/** A file that was dropped, or that is in a folder that was. */
export interface DroppedFile {
  readonly file: File;
  /** Its name, after those of the folders that it is in. */
  readonly path: string;
}

/** What was dropped on the page. Only while the event of the drop is handled the browser tells. */
export function dropped(transfer: DataTransfer | null): {
  readonly files: readonly DroppedFile[];
  readonly folders: readonly TraceFolder[];
} {
  const files: DroppedFile[] = [];
  const folders: TraceFolder[] = [];
  for (const item of transfer?.items ?? []) {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(new TraceFolder(entry as FileSystemDirectoryEntry));
    else if (file !== null) files.push({ file, path: file.name });
  }
  return { files, folders };
}
