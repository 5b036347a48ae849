import { Failure } from "../../process/failure.js";
import { answerAdvice, isHopeless, reasonOf } from "./answer.js";
import type { Endpoint } from "./endpoint.js";
import { Exporter } from "./exporter.js";

/** In milliseconds. Shorter than the exporter's first pause, so it does not retry. */
const PREFLIGHT_TIMEOUT = 700;

/**
 * Sends a request without spans, to report an unusable endpoint before the trace is read. A slow or busy
 * server passes.
 * @throws Failure with advice
 */
export async function checkEndpoint(endpoint: Endpoint): Promise<void> {
  const exporter = new Exporter(endpoint, PREFLIGHT_TIMEOUT);
  const answer = await exporter.send([]);
  await exporter.close();
  if (isHopeless(answer)) {
    const message = `cannot send to ${endpoint.way}: ${reasonOf(answer)}`;
    throw new Failure(message, answerAdvice(answer, endpoint), { cause: answer.error });
  }
  if (answer.error === undefined && answer.remark !== undefined) {
    throw new Failure(
      `cannot send to ${endpoint.way}: the server there is not an OTLP endpoint`,
      "The port of OTLP/HTTP is usually 4318.",
    );
  }
}
