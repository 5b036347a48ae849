import { grouped } from "./grouped.js";
/** How much a diagnostic matters: `loss` means that part of the input did not reach the output. */
export type Severity = "info" | "repair" | "loss";

/** Every kind of thing that is counted while reading, with what it means: a count stands before it. */
export const DIAGNOSTICS = {
  "frequency-assumed": {
    severity: "repair",
    description:
      "generations cut before their clock frequency: that of the generation before, or the runtime's usual one, was taken",
  },
  "table-id-unresolved": {
    severity: "loss",
    description: "names of strings and stacks in events that the cut generation was to give later",
  },
  "lost-events": {
    severity: "loss",
    description: "bytes of events that could not be put in order",
  },
  "lost-bytes": {
    severity: "loss",
    description: "bytes behind the place where reading had to stop",
  },
} as const satisfies Record<string, { severity: Severity; description: string }>;

export type DiagnosticId = keyof typeof DIAGNOSTICS;

/** Counts of what happened while reading one input. */
export class Diagnostics {
  readonly #counts = new Map<DiagnosticId, number>();

  add(id: DiagnosticId, count = 1): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + count);
  }

  count(id: DiagnosticId): number {
    return this.#counts.get(id) ?? 0;
  }

  /** What was lost, in words. */
  losses(): string[] {
    const losses = this.entries().filter(({ severity }) => severity === "loss");
    return losses.map(({ count, description }) => `${grouped(count)} ${description}`);
  }

  /** Everything that was counted, in the order of the table. */
  entries(): { id: DiagnosticId; count: number; severity: Severity; description: string }[] {
    const ids = Object.keys(DIAGNOSTICS) as DiagnosticId[];
    return ids
      .filter((id) => this.count(id) > 0)
      .map((id) => ({ id, count: this.count(id), ...DIAGNOSTICS[id] }));
  }
}
