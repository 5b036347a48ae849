import { counted } from "../../../base/grouped.js";
import type { SpanCounts } from "../../../sink/otlp/span-output.js";
import type { Messages } from "../../process/messages.js";

/** Reports how many spans got below those of the program's own tracing, and which ids were of no use. */
export function tellLinks(
  { given, links, notLinked }: SpanCounts,
  onlyLinked: boolean,
  messages: Messages,
): void {
  const { spans, noTrace, late, unsampled, unread } = links;
  if (spans > 0) {
    const what = counted(spans, "task, region or stretch", "tasks, regions and stretches");
    messages.info(`linked: ${what} ${spans === 1 ? "is" : "are"} below spans of the program's own tracing`);
  }
  if (noTrace > 0) {
    messages.warning(
      `${counted(noTrace, "span")} with a logged span id but no trace id: not linked`,
      'Log the trace id too: trace.Log(ctx, "trace_id", …). The attribute go.linked.span_id has the span id.',
    );
  }
  if (late > 0) {
    messages.warning(
      `${counted(late, "log")} with ids came late: spans that were sent before stay in other traces`,
      "Log ids where the task begins.",
    );
  }
  if (unsampled > 0) {
    messages.info(`not linked: ${counted(unsampled, "log")} with ids of spans that are not sampled`);
  }
  if (unread > 0) {
    messages.warning(
      `${counted(unread, "log")} with a key for ids ${unread === 1 ? "holds" : "hold"} none`,
      "--link-log says what logs of a key hold; KEY=none: no ids.",
    );
  }
  if (!onlyLinked) return;
  messages.info(
    `left out: ${counted(notLinked, "span")} outside of the program's own traces (--only-linked)`,
  );
  if (given > 0) return;
  messages.warning(
    "no span is below one of the program's own tracing",
    'Log ids where a task begins: trace.Log(ctx, "traceparent", …).',
  );
}
