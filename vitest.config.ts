import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: "forks",
    globalSetup: ["./test/support/temporary-files.ts"],
    setupFiles: ["./test/support/byte-equality.ts"],
    reporters: ["default", "./test/support/closing-line.ts"],
  },
});
