/** What a single executable has besides its code. */
type Assets = Pick<typeof import("node:sea"), "getAsset">;

/** The assets, if this runs in a single executable. Bun and Deno have no such module. */
export const assets: Assets | undefined = (() => {
  const sea = process.getBuiltinModule("node:sea") as typeof import("node:sea") | undefined;
  return sea?.isSea() ? sea : undefined;
})();
