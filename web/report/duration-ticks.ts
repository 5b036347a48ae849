/** What ticks are multiples of, by how dense they are. */
const LADDERS: readonly (readonly number[])[] = [
  [1],
  [1, 2, 5],
  [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9],
];

/** Ticks of a logarithmic axis: powers of ten, and round figures between them where these are too few to read the axis. */
export function durationTicks(min: number, max: number): number[] {
  const first = Math.floor(Math.log10(min));
  const powers = Array.from({ length: Math.ceil(Math.log10(max)) - first + 1 }, (_, i) => 10 ** (first + i));
  const ticksOf = (ladder: readonly number[]) =>
    powers
      .flatMap((power) => ladder.map((step) => Number((step * power).toPrecision(2))))
      .filter((tick) => tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9));
  const all = LADDERS.map(ticksOf);
  return all.find(({ length }) => length > 1) ?? all.at(-1) ?? [];
}

/** Pixels between the middles of two texts. */
const ROOM = 48;

/** The ticks that have room for their text. @param width of the axis, in pixels */
export function toldTicks(ticks: readonly number[], min: number, max: number, width: number): Set<number> {
  const told = new Set<number>();
  let last = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    const place = (width * Math.log(tick / min)) / Math.log(max / min);
    if (place - last < ROOM) continue;
    last = place;
    told.add(tick);
  }
  return told;
}
