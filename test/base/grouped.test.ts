import { expect, test } from "vitest";
import { byteSize } from "../../src/base/grouped.js";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [1_099_783, "1.1 MB"],
  [9_960_000, "10 MB"],
  [999_400_000, "999 MB"],
  [999_600_000, "1.0 GB"],
])("%d bytes are %s", (bytes, text) => expect(byteSize(bytes)).toBe(text));
