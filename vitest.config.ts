import { defineConfig } from "vitest/config"

const pure = ["collectors/wire", "collectors/extract", "detectors", "services/policy", "services/contracts"].map(
  (room) => `test/${room}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        // Pure functions leave nothing behind in a module: one process takes file after file and keeps what it has loaded and compiled.
        test: { name: "pure", include: pure, isolate: false },
      },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...pure, "test/integration/**", "test/e2e/**", "test/traffic/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 180_000, hookTimeout: 300_000, fileParallelism: false },
      },
    ],
  },
})
