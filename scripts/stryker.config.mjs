/** Mutation testing of the protocol's core: `npm run mutation`. Not a part of `npm test`: it takes minutes. */
export default {
  mutate: ["src/protocol/**/*.ts"],
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  vitest: { configFile: "scripts/vitest.mutation.config.ts" },
  coverageAnalysis: "perTest",
  concurrency: 2,
  // Long enough that a busy machine makes no mutant a timeout.
  timeoutMS: 15_000,
  incremental: true,
  incrementalFile: "reports/mutation/incremental.json",
  reporters: ["clear-text", "progress"],
  clearTextReporter: { reportTests: false, logTests: false },
  jsonReporter: { fileName: "reports/mutation/mutation.json" },
  tempDirName: ".stryker-tmp",
  thresholds: { high: 95, low: 90, break: 90 }
}
