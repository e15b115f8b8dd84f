import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/real/**"],
          globalSetup: ["test/helpers/compile.ts"],
          // Not threads: what one writes to run it, a child of another one would hold open for a moment (ETXTBSY).
          pool: "forks",
          // By default one core is left alone.
          maxWorkers: "100%",
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/helpers/e2e-setup.ts"],
          pool: "forks",
          // They wait as much as they work. Machines share the network: test/helpers/locks.ts keeps their ports apart.
          maxWorkers: 3,
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          globalSetup: ["test/helpers/e2e-setup.ts"],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
