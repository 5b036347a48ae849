import { grown } from "../../base/columns.js";

/** The most annotations of an event. */
export const MOST_ANNOTATIONS = 4;

/** Fields of events that are not written yet, other than type, time, track and name: columns by row. */
export class HeldFields {
  category = new Int32Array(16);
  stack = new Int32Array(16);
  flow = new Float64Array(16);
  flowEnd = new Float64Array(16);
  log = new Int32Array(16);
  annotations = new Uint8Array(16);
  /** Of the annotations of a row, from {@link MOST_ANNOTATIONS} times the row on. */
  valueTags = new Int32Array(16 * MOST_ANNOTATIONS);
  annotationNames = new Int32Array(16 * MOST_ANNOTATIONS);
  values = new Float64Array(16 * MOST_ANNOTATIONS);

  /** Ensures that there is a row. */
  reserve(row: number): void {
    if (row < this.category.length) return;
    const length = row + 1;
    this.category = grown(this.category, length);
    this.stack = grown(this.stack, length);
    this.flow = grown(this.flow, length);
    this.flowEnd = grown(this.flowEnd, length);
    this.log = grown(this.log, length);
    this.annotations = grown(this.annotations, length);
    this.valueTags = grown(this.valueTags, length * MOST_ANNOTATIONS);
    this.annotationNames = grown(this.annotationNames, length * MOST_ANNOTATIONS);
    this.values = grown(this.values, length * MOST_ANNOTATIONS);
  }
}
