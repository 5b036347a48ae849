/** What a figure is called, such as `block["chan receive"].p99`: its names one by one. */
export type FigurePath = readonly string[];

/** A name that can stand behind a dot. */
const PLAIN = /^[A-Za-z_]\w*$/;

/** A path as it is written in a limit. */
export function pathText(path: FigurePath): string {
  const text = path.map((name) => (PLAIN.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join("");
  return text.replace(/^\./, "");
}
