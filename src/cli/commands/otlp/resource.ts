import { envDetector, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { VERSION } from "../../process/version.js";
import type { OtlpOptions } from "./command.js";

/** As exporters call a program that has no name. */
const UNKNOWN = "unknown_service:go";

/** What is said of the program, and of the runtime in it: a service of its own, which viewers colour otherwise. */
export interface Resources {
  readonly resource: Resource;
  readonly runtimeResource: Resource;
}

/**
 * The options count, then OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES. Nothing of this machine or the moment: spans of a
 * trace that is sent twice are the same.
 *
 * A trace does not name its host, but all of it is of one. Jaeger has to be told: else it takes a span that is not within the time
 * of its parent, as a region that outlives its task, for one of another host with another clock.
 * @param digest what tells the capture from others
 */
export function resourcesOf({ serviceName, resourceAttribute }: OtlpOptions, digest: Buffer): Resources {
  const attributes = {
    "service.name": UNKNOWN,
    "process.runtime.name": "go",
    "host.id": `go-trace-${digest.toString("hex", 0, 8)}`,
    "telemetry.sdk.name": "go2perfetto",
    "telemetry.sdk.language": "go",
    "telemetry.sdk.version": VERSION,
    ...envDetector.detect().attributes,
    ...resourceAttribute,
    ...(serviceName !== undefined && { "service.name": serviceName }),
  };
  return {
    resource: resourceFromAttributes(attributes),
    runtimeResource: resourceFromAttributes({
      ...attributes,
      "service.name": `${attributes["service.name"]}/runtime`,
    }),
  };
}
