import { usageFailure } from "../process/failure.js";

/** A name, then a colon or, as in OpenTelemetry's variables, an equals sign. */
const HEADER = /^([\w!#$%&'*+.^`|~-]+)\s*[:=]\s*(.*)$/s;

/** The names and values of `--header` options. @throws Failure without the text, which may be a secret */
export function givenHeaders(
  texts: readonly string[] = [],
): readonly (readonly [name: string, value: string])[] {
  return texts.map((text, i) => {
    const [, name, value] = HEADER.exec(text) ?? [];
    if (name !== undefined && value !== undefined && isHeader(name, value)) return [name, value];
    throw usageFailure(`--header ${i + 1} is not a valid HTTP header`, "Write --header 'Name: value'.");
  });
}

/** Whether a name and a value are valid in HTTP. */
export function isHeader(name: string, value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[^\t\x20-\x7e\x80-\xff]/.test(value);
}
