import type { TraceError } from "../../../base/errors.js";
import { partOf } from "../../../select/find-selection.js";
import { traceUrl } from "../../connection/trace-url.js";
import { Progress } from "../../input/progress.js";
import { concludeReading } from "../../input/reading.js";
import { openWithPart } from "../../input/selected-input.js";
import { selectionFailure } from "../../input/trace-failure.js";
import type { CommonOptions } from "../../options/common.js";
import { isSelective, queryOf } from "../../options/selection.js";
import { openOutput } from "../../output/open-output.js";
import { outputFile } from "../../output/output-name.js";
import { refuseSameFile } from "../../output/same-file.js";
import { tellWritten } from "../../output/written-size.js";
import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { answerAdvice } from "./answer.js";
import { type Endpoint, endpointOf } from "./endpoint.js";
import { Interruption } from "./interruption.js";
import { tellLinks } from "./link-summary.js";
import type { OtlpOptions } from "./options.js";
import { checkEndpoint } from "./preflight.js";
import { SpanBatches, type SpanTarget } from "./span-batches.js";
import { HEAD_LENGTH, SpanExport } from "./span-export.js";
import { GaveUp, SpanSender } from "./span-sender.js";
import { tellAddresses, tellSent, tellSpans } from "./span-summary.js";

/**
 * Milliseconds after which a stream's spans are sent even if the batch is not full, and between two checks.
 * All spans of a generation arrive at once, so a longer wait would save hardly any requests.
 */
const MOST_AGE = 200;
const LOOK_INTERVAL = 100;

/** The end of reading and sending. */
interface Outcome {
  /** The error in the trace. */
  readonly error?: TraceError | undefined;
  readonly gaveUp?: GaveUp;
}

/** `go2perfetto otlp IN` */
export async function otlpCommand(path: string, options: OtlpOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const capture = captureOptions(path, options);
  queryOf(options);
  const endpoint = await endpointOf(options, process.env);
  const file = options.output === undefined ? undefined : outputFile(path, options.output, ".jsonl");
  const isSent = file === undefined && !options.dryRun;
  if (file !== undefined) await refuseSameFile(path, file, capture);
  if (isSent) await checkEndpoint(endpoint);
  const { input, part } = await openWithPart(path, capture, { head: HEAD_LENGTH });
  const trace = isSelective(options) ? partOf(input.trace, part) : input.trace;
  const target = await openTarget(file, options, endpoint).catch(async (error: unknown) => {
    await input.trace.close();
    throw error;
  });
  const batches = new SpanBatches(target, endpoint.maxRequestBytes);
  const progress = new Progress(input, options);
  const job = new SpanExport({ path, input, trace, options, batches, messages, progress });
  const interruption = new Interruption(messages, input.isStream, isSent);
  try {
    const timed = input.isStream && isSent;
    const outcome = await perform(job, batches, interruption, timed).finally(() => progress.stop());
    const code = concludeReading(input.name, trace, outcome.error, job.events > 0, options, messages);
    await Promise.race([target.close(), interruption.deadline]);
    tell(job, target, endpoint, options, messages);
    if (file !== undefined) await tellWritten(file, messages);
    if (target instanceof SpanSender) checkSent(job, target, endpoint, outcome.gaveUp, interruption);
    return interruption.happened ? ExitCode.Interrupted : code;
  } catch (error) {
    await target.discard();
    await input.trace.close();
    throw selectionFailure(error, input.name);
  } finally {
    interruption.forget();
  }
}

/** The options for reading IN. */
function captureOptions(path: string, options: OtlpOptions): OtlpOptions {
  // These options are for the endpoint. They may hold secrets, which a captured program must not see.
  const { header: _, timeout: __, ...capture } = options;
  if (traceUrl(path) !== undefined) return capture;
  const { ca, cert, key, insecure, ...plain } = capture;
  return plain;
}

/** Opens the target of the spans. @param file the file, if they go to one */
async function openTarget(
  file: string | undefined,
  options: OtlpOptions,
  endpoint: Endpoint,
): Promise<SpanTarget> {
  if (file !== undefined) {
    const { SpanLines } = await import("./span-lines.js");
    return new SpanLines(await openOutput(file));
  }
  return options.dryRun ? NOWHERE : new SpanSender(endpoint);
}

const NOWHERE: SpanTarget = {
  atOnce: 1,
  send: () => Promise.resolve(),
  close: () => Promise.resolve(),
  discard: () => Promise.resolve(),
};

/** Reads and sends. @param timed whether to send batches after a time even if they are not full */
async function perform(
  job: SpanExport,
  batches: SpanBatches,
  interruption: Interruption,
  timed: boolean,
): Promise<Outcome> {
  const timer = timed ? setInterval(() => batches.sendOlderThan(MOST_AGE), LOOK_INTERVAL) : undefined;
  const work = job.run(interruption.stop).then(async (error) => {
    await batches.flush();
    return error;
  });
  try {
    return { error: await Promise.race([work, interruption.deadline]) };
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    return { gaveUp: error };
  } finally {
    clearInterval(timer);
    // Nothing waits for this after the deadline.
    work.catch(() => undefined);
  }
}

function tell(
  { counts, isStream, service }: SpanExport,
  target: SpanTarget,
  { name }: Endpoint,
  options: OtlpOptions & CommonOptions,
  messages: Messages,
): void {
  if (counts === undefined) {
    messages.warning("there are no spans: no generation of the trace was complete");
    return;
  }
  tellSpans(counts, options, isStream, messages);
  tellLinks(counts, options.onlyLinked ?? false, messages);
  if (options.dryRun) messages.info("nothing was sent (--dry-run)");
  if (target instanceof SpanSender) tellSent(target.counts, counts.given, target.reasons, name, messages);
  if (options.ui !== undefined) tellAddresses(counts, options.ui, service, messages);
}

/** @throws Failure if spans were not accepted */
function checkSent(
  { counts }: SpanExport,
  { counts: { accepted } }: SpanSender,
  endpoint: Endpoint,
  gaveUp: GaveUp | undefined,
  { happened }: Interruption,
): void {
  if (gaveUp !== undefined) {
    const message = `gave up sending to ${endpoint.way}: ${gaveUp.message}`;
    throw new Failure(message, answerAdvice(gaveUp.answer, endpoint), { cause: gaveUp.answer.error });
  }
  const missing = (counts?.given ?? 0) - accepted;
  if (missing > 0 && !happened) {
    throw new Failure(`the endpoint did not accept ${missing} spans`);
  }
}
