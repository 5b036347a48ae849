import { envDetector, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { VERSION } from "../../process/version.js";
import type { OtlpOptions } from "./options.js";

/** The exporters' name for a program without a service name. */
const UNKNOWN = "unknown_service:go";

/**
 * The resources of the program and of its runtime. The runtime is a separate service, so viewers give it
 * another color.
 */
export interface Resources {
  readonly resource: Resource;
  readonly runtimeResource: Resource;
}

/**
 * The resources from the options, then from OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES. They do not
 * depend on this machine or the time, so sending a trace twice gives the same spans.
 *
 * A trace does not record its host. Without a host, Jaeger treats a span outside the time of its parent, such
 * as a region that outlives its task, as a span of another host with another clock, and moves it.
 * @param digest identifies the capture
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
