import { expect } from "vitest";

/** Vitest compares bytes one by one as values of any kind: eight seconds a megabyte. Files are compared as a whole. */
expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined => {
    if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return undefined;
    return Buffer.compare(a, b) === 0;
  },
]);
