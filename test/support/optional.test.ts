import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { optionalPart, sharedDir } from "./optional.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function optionalPartWithLines(reason: string | undefined): { able: boolean; written: unknown[] } {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const able = optionalPart("profiles by Go", () => reason);
  return { able, written: warn.mock.calls.map(([text]) => text) };
}

describe("optionalPart", () => {
  it("says nothing of a part that can run", () => {
    expect(optionalPartWithLines(undefined)).toEqual({ able: true, written: [] });
  });

  it("names a part that cannot run in one line", () => {
    vi.stubEnv("REQUIRE_ALL", "");
    const written = ["left out: profiles by Go: go: command not found"];
    expect(optionalPartWithLines("go:\n  command not found\n")).toEqual({ able: false, written });
  });

  it("fails when every part is required", () => {
    vi.stubEnv("REQUIRE_ALL", "1");
    expect(() => optionalPart("profiles by Go", () => "no go")).toThrow(/left out: profiles by Go: no go/);
    expect(optionalPart("profiles by Go", () => undefined)).toBe(true);
  });
});

describe("sharedDir", () => {
  it("gives the folder beside the repository, or nothing", () => {
    const dir = sharedDir();
    expect(dir === undefined || existsSync(join(dir, "traces"))).toBe(true);
  });
});
