import { formatDuration } from "../base/duration.js";
import { grouped } from "../base/grouped.js";
import { sizeText } from "../base/rounded.js";
import type { Quantity } from "../figures/catalogue.js";

/** A figure's exact value, for comparison by eye. */
export function figureText(quantity: Quantity, value: number): string {
  if (quantity === "duration") return formatDuration(value);
  if (quantity === "share") return `${Number((100 * value).toPrecision(6))}%`;
  if (quantity === "bytes") return value < 1024 ? `${value} B` : `${grouped(value)} B (${sizeText(value)})`;
  return grouped(value);
}
