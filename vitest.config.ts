import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    pool: "forks",
    // Many tests wait for other processes: two at a time, also on a machine of two cores.
    poolOptions: { forks: { minForks: 1, maxForks: 2 } }
  }
})
