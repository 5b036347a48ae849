/** The formats of conversions, by their names in `--format`. */
export const FORMATS = ["pftrace", "json"] as const;
export type Format = (typeof FORMATS)[number];
