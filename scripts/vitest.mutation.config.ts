/** The tests that run against mutants of src/protocol: see scripts/stryker.config.mjs. */
import { defineConfig } from "vitest/config"
import { testLimitMillis } from "../test/waitLimit.ts"

export default defineConfig({
  test: {
    include: ["test/protocol/**/*.test.ts"],
    // These tests count to 2²⁴, which takes seconds for each mutant that they cover.
    exclude: ["**/*.long.test.ts"],
    testTimeout: testLimitMillis
  }
})
