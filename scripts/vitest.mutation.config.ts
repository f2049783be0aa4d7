/** The tests that mutants of src/protocol are run against: see scripts/stryker.config.mjs. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/protocol/**/*.test.ts"],
    // Counting to 2²⁴ takes seconds, for each mutant on the way.
    exclude: ["**/*.count.test.ts"],
    testTimeout: 60_000
  }
})
