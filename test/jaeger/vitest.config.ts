import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/jaeger/*.check.ts"],
    testTimeout: 600_000,
    hookTimeout: 1_800_000,
    pool: "forks",
    globalSetup: ["./test/support/temporary-files.ts"],
  },
});
