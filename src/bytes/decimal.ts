const THOUSAND = 1000;
const MILLION = 1_000_000;
/** Smaller numbers have at most nine digits and fit 32 bits. */
const BILLION = 1_000_000_000;
const ZERO = 48;
const POINT = 46;

/** The digits of 0 to 999, three each. */
const TRIPLES = Uint8Array.from({ length: THOUSAND * 3 }, (_, i) => {
  const unit = 10 ** (2 - (i % 3));
  return ZERO + (Math.floor(Math.floor(i / 3) / unit) % 10);
});

/** The most bytes of a number. */
export const MAX_DECIMAL = 24;

/** Whether a number is whole, not negative and exact. Only a damaged trace has others. */
function isPlain(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Number of bytes that {@link putDecimal} writes. */
export function decimalLength(value: number): number {
  if (!isPlain(value)) return unusual(value).length;
  let length = 1;
  for (let limit = 10; value >= limit; limit *= 10) length++;
  return length;
}

/**
 * Writes the digits of a whole number at a position. Returns the position after them. Negative numbers and
 * those from 2^53 on are written as JavaScript prints them, and NaN or infinity as 0. So the result is always
 * a valid JSON number.
 */
export function putDecimal(bytes: Uint8Array, position: number, value: number): number {
  if (!isPlain(value)) return putText(bytes, position, unusual(value));
  return putPlain(bytes, position, value);
}

function unusual(value: number): string {
  return Number.isFinite(value) ? String(value) : "0";
}

function putText(bytes: Uint8Array, position: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[position + i] = text.charCodeAt(i);
  return position + text.length;
}

function putPlain(bytes: Uint8Array, position: number, value: number): number {
  if (value >= BILLION) {
    const high = Math.floor(value / BILLION);
    const low = value - high * BILLION;
    const at = putPlain(bytes, position, high);
    return putMillions(bytes, putTriple(bytes, at, (low / MILLION) | 0), (low % MILLION) | 0);
  }
  const small = value | 0;
  if (small >= MILLION) {
    const high = (small / MILLION) | 0;
    return putMillions(bytes, putShort(bytes, position, high), small - high * MILLION);
  }
  if (small < THOUSAND) return putShort(bytes, position, small);
  const high = (small / THOUSAND) | 0;
  return putTriple(bytes, putShort(bytes, position, high), small - high * THOUSAND);
}

/**
 * Writes a number of nanoseconds as microseconds, with three decimals, or none if they are all 0. Other
 * numbers are as for {@link putDecimal}.
 */
export function putMicroseconds(bytes: Uint8Array, position: number, nanoseconds: number): number {
  if (!isPlain(nanoseconds)) return putText(bytes, position, unusual(nanoseconds / THOUSAND));
  const whole = Math.floor(nanoseconds / THOUSAND);
  const rest = nanoseconds - whole * THOUSAND;
  const at = putPlain(bytes, position, whole);
  if (rest === 0) return at;
  bytes[at] = POINT;
  return putTriple(bytes, at + 1, rest);
}

/** Writes six digits. */
function putMillions(bytes: Uint8Array, position: number, value: number): number {
  const high = (value / THOUSAND) | 0;
  return putTriple(bytes, putTriple(bytes, position, high), value - high * THOUSAND);
}

/** Writes three digits. */
function putTriple(bytes: Uint8Array, position: number, value: number): number {
  const triple = value * 3;
  bytes[position] = TRIPLES[triple] as number;
  bytes[position + 1] = TRIPLES[triple + 1] as number;
  bytes[position + 2] = TRIPLES[triple + 2] as number;
  return position + 3;
}

/** Writes the digits of a number below a thousand, without leading zeros. */
function putShort(bytes: Uint8Array, position: number, value: number): number {
  let at = position;
  const triple = value * 3;
  if (value >= 100) bytes[at++] = TRIPLES[triple] as number;
  if (value >= 10) bytes[at++] = TRIPLES[triple + 1] as number;
  bytes[at] = TRIPLES[triple + 2] as number;
  return at + 1;
}
