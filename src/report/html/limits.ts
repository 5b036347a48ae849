/** How much of a trace a page shows. */
export interface PageLimits {
  /** Rows of each table. */
  readonly rows: number;
  /** Frames of each flame graph. */
  readonly frames: number;
  /** Rows of the use of Ps. */
  readonly procs: number;
  /** Distributions of latencies of each sort. */
  readonly shapes: number;
  /** Characters of a text from the trace. */
  readonly longest: number;
}

/** The most bytes of a page. */
export const MOST_BYTES = 2_000_000;

/** What a page shows unless it gets too large. */
export const FIRST_LIMITS: PageLimits = { rows: 25, frames: 2500, procs: 64, shapes: 12, longest: 200 };
/** A page of no traces at all is smaller, by far, than what is left after this many halvings. */
const HALVINGS = 6;

/**
 * The page that fits, made with lower limits until it does. Few pages need more than one attempt: those of traces with long
 * names made of characters that have to be escaped.
 */
export function fittingPage(page: (limits: PageLimits) => string): string {
  let limits = FIRST_LIMITS;
  let text = page(limits);
  for (let i = 0; i < HALVINGS && new TextEncoder().encode(text).length > MOST_BYTES; i++) {
    limits = halved(limits);
    text = page(limits);
  }
  return text;
}

function halved({ rows, frames, procs, shapes, longest }: PageLimits): PageLimits {
  const half = (limit: number) => Math.max(1, Math.floor(limit / 2));
  return {
    rows: half(rows),
    frames: half(frames),
    procs: half(procs),
    shapes: half(shapes),
    longest: Math.max(20, half(longest)),
  };
}
