/** The tests that run against mutants of src/protocol: see scripts/stryker.config.mjs. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/protocol/**/*.test.ts"],
    // These tests count to 2²⁴, which takes seconds for each mutant.
    exclude: ["**/*.count.test.ts"],
    testTimeout: 60_000
  }
})
