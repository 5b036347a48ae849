import { Failure } from "../../process/failure.js";
import type { Endpoint } from "./endpoint.js";
import { Exporter } from "./exporter.js";
import { adviceOn, isHopeless, reasonOf } from "./refusal.js";

/** In milliseconds: less than the exporter waits before it tries again, so that it does not. */
const PATIENCE = 700;

/**
 * Sends a request without spans, so that what is wrong with the endpoint is known at once and not after a trace is read. A server
 * that is slow or busy passes.
 * @throws Failure with advice
 */
export async function checkEndpoint(endpoint: Endpoint): Promise<void> {
  const exporter = new Exporter(endpoint, PATIENCE);
  const answer = await exporter.send([]);
  await exporter.close();
  if (isHopeless(answer)) {
    const message = `cannot send to ${endpoint.way}: ${reasonOf(answer)}`;
    throw new Failure(message, adviceOn(answer, endpoint), { cause: answer.error });
  }
  if (answer.error === undefined && answer.remark !== undefined) {
    throw new Failure(
      `cannot send to ${endpoint.way}: what answers there is no OTLP endpoint`,
      "The port of OTLP/HTTP is usually 4318.",
    );
  }
}
