import type { StackFrame } from "./tables.js";

/** First elements of the import paths of Go's standard library. Its programs are in `cmd`. */
const STANDARD: ReadonlySet<string> = new Set(
  `archive bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding errors expvar
  flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime
  slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak`.split(
    /\s+/,
  ),
);
/** The folder of packages in a Go installation. */
const SOURCES = "/src/";
/** The path of a function's package, which may have dots before its last slash, and the function. */
const FUNCTION = /^((?:[^/([]*\/)*[^/.([]*)\.(.+)$/s;

/** The path of a function's package, and its name within; undefined for an address. */
export function splitFunction(func: string): { readonly path: string; readonly name: string } | undefined {
  const [, path, name] = FUNCTION.exec(func) ?? [];
  return path === undefined || name === undefined ? undefined : { path, name };
}

/** Whether the first element of an import path is one of the standard library. */
export function isStandardPath(path: string): boolean {
  return STANDARD.has(path.split("/", 1)[0] as string);
}

/**
 * The file of a function of the standard library, without the folders before its package; undefined for other
 * functions. The function's name and its file decide: a program may have a package `image`. Some functions are in
 * another package's file.
 */
export function standardFile({ file, func }: Pick<StackFrame, "file" | "func">): string | undefined {
  const path = splitFunction(func)?.path;
  if (path === undefined || !isStandardPath(path)) return undefined;
  const folder = file.lastIndexOf(SOURCES);
  const inside = folder < 0 ? file : file.slice(folder + SOURCES.length);
  return inside === "" || isStandardPath(inside) ? inside : undefined;
}
