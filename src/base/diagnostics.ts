import { counted, grouped } from "./grouped.js";

/**
 * How much a diagnostic matters. `loss`: part of the input is not in the output. `repair`: the output has estimates or synthesized
 * events. `misuse`: Go's tools reject what the traced program does. `info`: they accept it. `notice`: readers of the output should know.
 */
export type Severity = "notice" | "info" | "misuse" | "repair" | "loss";

interface DiagnosticInfo {
  readonly severity: Severity;
  /** The noun for a count of one, and for any other count. */
  readonly nouns: readonly [one: string, many: string];
  /** Follows the noun, singular or plural. */
  readonly description: string;
}

const EVENTS = ["event", "events"] as const;
const BYTES = ["byte", "bytes"] as const;

/** The events that reading counts. */
export const DIAGNOSTICS = {
  "wall-clock-jumps": {
    severity: "notice",
    nouns: ["jump of the wall clock", "jumps of the wall clock"],
    description:
      "during the trace: durations stay exact, spans follow the wall clock, the absolute times of other outputs go on from the first",
  },
  "frequency-assumed": {
    severity: "repair",
    nouns: ["generation", "generations"],
    description:
      "without a clock frequency: times are estimated with the frequency of the generation before, or else the usual one",
  },
  "frequency-estimated": {
    severity: "repair",
    nouns: ["sleep", "sleeps"],
    description:
      "ended by a poll every millisecond: the missing clock frequency, and so all times, are estimated from it",
  },
  "forced-order": {
    severity: "repair",
    nouns: EVENTS,
    description: "put in order by time alone, since what came before is missing",
  },
  "synthesized-events": {
    severity: "repair",
    nouns: ["state change of a goroutine or P", "state changes of goroutines and Ps"],
    description: "added where events are missing",
  },
  "clamped-times": {
    severity: "repair",
    nouns: EVENTS,
    description: "with an earlier time than the event before, moved to its time",
  },
  "dropped-events": {
    severity: "loss",
    nouns: EVENTS,
    description: "dropped for contradicting earlier events, or what a program can do",
  },
  "table-id-unresolved": {
    severity: "loss",
    nouns: ["reference of an event", "references of events"],
    description: "to strings and stacks that are not in the trace",
  },
  "lost-tables": {
    severity: "loss",
    nouns: BYTES,
    description: "of tables of strings, stacks, samples and clocks that cannot be read",
  },
  "vanished-bytes": {
    severity: "loss",
    nouns: BYTES,
    description: "missing when read: the file became shorter meanwhile",
  },
  "lost-events": {
    severity: "loss",
    nouns: BYTES,
    description: "of events that cannot be read or put in order",
  },
  "skipped-bytes": {
    severity: "loss",
    nouns: BYTES,
    description: "between batches skipped: damaged, or not part of the trace",
  },
  "lost-bytes": {
    severity: "loss",
    nouns: BYTES,
    description: "after the place where reading had to stop",
  },
  "regions-crossed": {
    severity: "misuse",
    nouns: ["region", "regions"],
    description: "ended by the program before regions that began inside",
  },
  "region-ends-unmatched": {
    severity: "info",
    nouns: ["end of a region", "ends of regions"],
    description: "that had not begun, or had already ended",
  },
} as const satisfies Record<string, DiagnosticInfo>;

export type DiagnosticId = keyof typeof DIAGNOSTICS;

/** Counts what happened while reading one input. */
export class Diagnostics {
  readonly #counts = new Map<DiagnosticId, number>();
  readonly #kinds = new Map<DiagnosticId, Map<string, number>>();
  readonly #firsts = new Map<DiagnosticId, string>();

  /**
   * @param kind for {@link kinds}, for example the kind of event
   * @param describe describes the thing or its place; called for the first one only
   */
  add(id: DiagnosticId, count = 1, kind?: string, describe?: () => string): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + count);
    if (describe !== undefined && !this.#firsts.has(id)) this.#firsts.set(id, describe());
    if (kind === undefined) return;
    const kinds = this.#kinds.get(id) ?? new Map<string, number>();
    this.#kinds.set(id, kinds.set(kind, (kinds.get(kind) ?? 0) + count));
  }

  count(id: DiagnosticId): number {
    return this.#counts.get(id) ?? 0;
  }

  /** A description of the first thing counted, or of its place; undefined if unknown. */
  first(id: DiagnosticId): string | undefined {
    return this.#firsts.get(id);
  }

  /**
   * The counts by kind. `dropped-events` and (before Go 1.22) `table-id-unresolved` use the runtime's event
   * names, `synthesized-events` ours. For `wall-clock-jumps` the kinds describe the first few jumps. Empty
   * for all other diagnostics.
   */
  kinds(id: DiagnosticId): ReadonlyMap<string, number> {
    return this.#kinds.get(id) ?? new Map();
  }

  /** Whether times are estimated because the clock frequency is missing. */
  get hasEstimatedTimes(): boolean {
    return this.count("frequency-assumed") > 0 || this.count("frequency-estimated") > 0;
  }

  /** Adds the counts of another instance. */
  addAll(other: Diagnostics): void {
    for (const [id, count] of other.#counts) {
      const kinds = other.kinds(id);
      const first = other.first(id);
      if (first !== undefined && !this.#firsts.has(id)) this.#firsts.set(id, first);
      if (kinds.size === 0) this.add(id, count);
      for (const [kind, part] of kinds) this.add(id, part, kind);
    }
  }

  /** Descriptions of what was lost. */
  losses(): string[] {
    return this.inWords("loss");
  }

  /** Descriptions of everything of a severity. */
  inWords(severity: Severity): string[] {
    const found = this.entries().filter((entry) => entry.severity === severity);
    return found.map(
      ({ id, count, nouns: [one, many], description }) =>
        `${counted(count, one, many)} ${description}${this.#kindsInWords(id)}${this.#firstInWords(id)}`,
    );
  }

  #firstInWords(id: DiagnosticId): string {
    const first = this.#firsts.get(id);
    return first === undefined ? "" : `; the first: ${first}`;
  }

  #kindsInWords(id: DiagnosticId): string {
    if (id === "table-id-unresolved") return "";
    if (id === "wall-clock-jumps") return ` (${this.#examples(id).join("; ")})`;
    const kinds = [...this.kinds(id)].sort(([, a], [, b]) => b - a);
    return kinds.length === 0
      ? ""
      : ` (${kinds.map(([kind, count]) => `${kind} ${grouped(count)}`).join(", ")})`;
  }

  #examples(id: DiagnosticId): string[] {
    const examples = [...this.kinds(id).keys()];
    const more = this.count(id) - examples.length;
    return more > 0 ? [...examples, `${grouped(more)} more`] : examples;
  }

  /** Everything that was counted, in table order. */
  entries(): ({ id: DiagnosticId; count: number } & DiagnosticInfo)[] {
    const ids = Object.keys(DIAGNOSTICS) as DiagnosticId[];
    return ids
      .filter((id) => this.count(id) > 0)
      .map((id) => ({ id, count: this.count(id), ...DIAGNOSTICS[id] }));
  }
}
