import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";

const PREFIX = "OTEL_EXPORTER_OTLP_";
const RESOURCE = "OTEL_RESOURCE_ATTRIBUTES";
/** Characters of a key or value of a resource, beyond which OpenTelemetry takes none of the attributes. */
const MOST_CHARACTERS = 255;

/** A variable of OpenTelemetry's exporters, which may be set for traces alone. @returns which it is, and what it says */
export function variable(
  name: string,
  environment: NodeJS.ProcessEnv,
): readonly [string, string | undefined] {
  const own = `${PREFIX}TRACES_${name}`;
  const ofAll = PREFIX + name;
  return environment[own]?.trim()
    ? [own, environment[own].trim()]
    : [ofAll, environment[ofAll]?.trim() || undefined];
}

/**
 * The headers that the environment asks for: those for traces win, name by name. OpenTelemetry's exporter leaves out without a word
 * what it does not understand.
 * @throws Failure, which does not repeat what may be a secret
 */
export function headersOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.assign(
    {},
    ...[`${PREFIX}HEADERS`, `${PREFIX}TRACES_HEADERS`].map((name) => {
      const advice = "Write NAME=VALUE,NAME=VALUE, such as authorization=Bearer%20…";
      return pairsOf(name, environment, advice, isHeader);
    }),
  );
}

/** @throws Failure if OpenTelemetry would leave out what `OTEL_RESOURCE_ATTRIBUTES` says */
export function checkResource(environment: NodeJS.ProcessEnv): void {
  const advice = "Write KEY=VALUE,KEY=VALUE, with %2C and %3D for , and = within.";
  pairsOf(RESOURCE, environment, advice, (key, value, entry) => {
    return Math.max(key.length, value.length) <= MOST_CHARACTERS && entry.split("=").length === 2;
  });
}

/** Whether HTTP has such a header. */
export function isHeader(name: string, value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[^\t\x20-\x7e\x80-\xff]/.test(value);
}

/** What a variable says, decoded. @param isGood looks at a key and its value, and at both as they stand there */
function pairsOf(
  name: string,
  environment: NodeJS.ProcessEnv,
  advice: string,
  isGood: (key: string, value: string, entry: string) => boolean,
): Record<string, string> {
  const pairs: Record<string, string> = {};
  (environment[name] ?? "").split(",").forEach((entry, i) => {
    if (entry.trim() === "") return;
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(entry)?.map(decoded) ?? [];
    if (key === undefined || value === undefined || !isGood(key, value, entry)) {
      const message = `${name} cannot be used: its entry number ${i + 1} is none`;
      throw new Failure(message, advice, { exitCode: ExitCode.Usage });
    }
    pairs[key] = value;
  });
  return pairs;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
