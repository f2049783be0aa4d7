/** Mutation testing of src/protocol: `npm run mutation`. It takes minutes and is therefore not part of `npm test`. */
export default {
  mutate: ["src/protocol/**/*.ts"],
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  vitest: { configFile: "scripts/vitest.mutation.config.ts" },
  coverageAnalysis: "perTest",
  concurrency: 2,
  // Long enough that a busy machine causes no timeout of a mutant.
  timeoutMS: 15_000,
  incremental: true,
  incrementalFile: "reports/mutation/incremental.json",
  reporters: ["clear-text", "progress"],
  clearTextReporter: { reportTests: false, logTests: false },
  jsonReporter: { fileName: "reports/mutation/mutation.json" },
  tempDirName: ".stryker-tmp",
  thresholds: { high: 95, low: 90, break: 90 }
}
