import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of the first of some programs that is installed. @param names the preferred one first */
export function installedProgram(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** Why none of some programs can be used; undefined if one is installed. */
export function missingProgram(names: readonly string[]): string | undefined {
  return installedProgram(names) === undefined ? `none of ${names.join(", ")} is installed` : undefined;
}
