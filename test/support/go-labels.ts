import { type ParsedEvent, quotedField } from "./go-parsed.js";

/** What a goroutine does for the runtime from a time on, on the P that it has. */
export interface GoLabel {
  readonly label: string;
  readonly goroutine: number;
  readonly proc: number;
  readonly time: number;
}

/** A CPU sample; −1 stands for no goroutine and no P. */
export interface GoSample {
  readonly goroutine: number;
  readonly proc: number;
  readonly time: number;
  readonly stack: string;
}

/** The labels and CPU samples of a trace, from the official text. */
export class GoLabels {
  readonly labels: GoLabel[] = [];
  readonly samples: GoSample[] = [];

  event(event: ParsedEvent): void {
    const { kind, goroutine, proc, time, stack } = event;
    if (kind === "Label") this.labels.push({ label: quotedField(event, "Label"), goroutine, proc, time });
    else if (kind === "StackSample") this.samples.push({ goroutine, proc, time, stack });
  }
}
