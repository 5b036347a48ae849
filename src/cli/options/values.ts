import { InvalidArgumentError } from "commander";
import { DurationError, parseDuration } from "../../base/duration.js";

/** The most rows that an option accepts. */
const MOST_ROWS = 1_000_000;
const LAST_PORT = 65_535;

/** A message as a sentence begins. */
export function capitalized(message: string): string {
  return message.slice(0, 1).toUpperCase() + message.slice(1);
}

/** Collects the values of a repeatable option. */
export function collected(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** Parses a duration. @returns nanoseconds @throws InvalidArgumentError */
export function parseTime(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    const form = "Durations are numbers with units, such as 500ns, 10us, 1.5ms or 1m30s.";
    throw new InvalidArgumentError(`${capitalized(error.message)}. ${form}`);
  }
}

/** Parses a number of rows. @throws InvalidArgumentError */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_ROWS)
    throw new InvalidArgumentError(`It is not a whole number from 1 to ${MOST_ROWS}.`);
  return count;
}

/** Bytes of each unit, in lower case. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
/** Parses a number of bytes. @throws InvalidArgumentError */
export function parseSize(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()] : undefined;
  const size = factor === undefined ? Number.NaN : Math.floor(Number(number) * factor);
  if (number === "" || !Number.isSafeInteger(size)) {
    const form = "Sizes are numbers with units, such as 100MB, 64MiB or 1.5GB. A number alone is bytes.";
    throw new InvalidArgumentError(form);
  }
  return size;
}

/** Parses the number of a port. @throws InvalidArgumentError */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > LAST_PORT)
    throw new InvalidArgumentError(`It is not a number from 0 to ${LAST_PORT}.`);
  return port;
}

/** Parses a name or path, which must not be empty. @throws InvalidArgumentError */
export function parseName(text: string): string {
  if (text === "") throw new InvalidArgumentError("It is empty.");
  return text;
}
