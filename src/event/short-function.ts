/**
 * A function with its package's name instead of its path: `badger.(*DB).doWrites` for `github.com/dgraph-io/badger/v4.(*DB).doWrites`.
 * Viewers show the first two dozen letters of a group's name, which all groups of a module would share.
 */
export function shortFunction(func: string): string {
  const [path = ""] = /^[^([]*\//.exec(func) ?? [];
  const elements = path.split("/").slice(0, -1);
  const rest = func.slice(path.length);
  // The last element of a module's path from version 2 on is the version, not the package.
  const title =
    /^v\d+\./.test(rest) && elements.length > 0 ? rest.replace(/^v\d+/, elements.at(-1) as string) : rest;
  // The linker escapes a dot in the last element of a path like this.
  return title.replaceAll("%2e", ".");
}
