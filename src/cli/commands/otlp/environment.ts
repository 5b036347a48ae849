import { isHeader } from "../../connection/headers.js";
import { usageFailure } from "../../process/failure.js";

const PREFIX = "OTEL_EXPORTER_OTLP_";
const RESOURCE = "OTEL_RESOURCE_ATTRIBUTES";
/**
 * The longest key or value of a resource attribute. If one is longer, OpenTelemetry ignores all attributes.
 */
const MOST_CHARACTERS = 255;

/**
 * A variable of OpenTelemetry's exporters, or its variant for traces.
 * @returns its full name and its value
 */
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
 * The headers from the environment. The variable for traces overrides the general one, header by header.
 * OpenTelemetry's exporter would silently ignore invalid entries.
 * @throws Failure without the text, which may be a secret
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

/** @throws Failure if OpenTelemetry would ignore `OTEL_RESOURCE_ATTRIBUTES` */
export function checkResource(environment: NodeJS.ProcessEnv): void {
  const advice = "Write KEY=VALUE,KEY=VALUE. Within a key or value, write %2C for , and %3D for =.";
  pairsOf(RESOURCE, environment, advice, (key, value, entry) => {
    return Math.max(key.length, value.length) <= MOST_CHARACTERS && entry.split("=").length === 2;
  });
}

/**
 * The decoded pairs of a variable.
 * @param isGood checks a key and a value, and the whole entry before decoding
 */
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
      const message = `${name}: entry ${i + 1} is invalid`;
      throw usageFailure(message, advice);
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
