import type { ExplainReport, Finding } from "../analysis/explain/finding.js";

/** A finding in two traces. */
export interface FindingChange extends Pick<Finding, "kind" | "place" | "subject"> {
  /** The sentences of both traces; absent where it is not found. */
  readonly a?: Pick<Finding, "weight" | "sentence">;
  readonly b?: Pick<Finding, "weight" | "sentence">;
  /** The difference of the weights; 0 for one that is not found. */
  readonly change: number;
}

/**
 * The findings of two traces: those that came, those that went, and those of both, the greatest change first. Findings of
 * one kind in the same function, or about the same subject, are one: lines change with the program.
 */
export function findingChanges(a: ExplainReport, b: ExplainReport): FindingChange[] {
  const rest = new Map<string, Finding[]>();
  for (const finding of a.findings) rest.set(keyOf(finding), [...(rest.get(keyOf(finding)) ?? []), finding]);
  const changes = b.findings.map((finding) => changeOf(rest.get(keyOf(finding))?.shift(), finding));
  for (const finding of [...rest.values()].flat()) changes.push(changeOf(finding, undefined));
  const group = ({ a: before, b: after }: FindingChange) =>
    before === undefined ? 0 : after === undefined ? 1 : 2;
  return changes.sort(
    (one, other) => group(one) - group(other) || Math.abs(other.change) - Math.abs(one.change),
  );
}

function keyOf({ kind, place, subject }: Finding): string {
  return JSON.stringify([kind, subject, place?.function]);
}

function changeOf(a: Finding | undefined, b: Finding | undefined): FindingChange {
  const { kind, place, subject } = (b ?? a) as Finding;
  const told = (finding: Finding | undefined) =>
    finding && { weight: finding.weight, sentence: finding.sentence };
  return {
    kind,
    ...(place && { place }),
    ...(subject !== undefined && { subject }),
    ...(a && { a: told(a) as Pick<Finding, "weight" | "sentence"> }),
    ...(b && { b: told(b) as Pick<Finding, "weight" | "sentence"> }),
    change: (b?.weight ?? 0) - (a?.weight ?? 0),
  };
}
