export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable of OpenTelemetry's exporters, which may be set for traces alone. @returns which it is, and what it says */
export function variable(name: string, environment: Environment): readonly [string, string | undefined] {
  const own = `OTEL_EXPORTER_OTLP_TRACES_${name}`;
  const ofAll = `OTEL_EXPORTER_OTLP_${name}`;
  return environment[own]?.trim()
    ? [own, environment[own].trim()]
    : [ofAll, environment[ofAll]?.trim() || undefined];
}
