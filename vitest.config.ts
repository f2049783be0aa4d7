/** `npm test` runs the project `quick`, `npm run test:long` the project `long`; `npx vitest run` runs both. */
import { defineConfig } from "vitest/config"
import { testLimitMillis, waitLimitMillis } from "./test/waitLimit.ts"

const long = "test/**/*.long.test.ts"

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "quick", include: ["test/**/*.test.ts"], exclude: [long] } },
      { extends: true, test: { name: "long", include: [long] } }
    ],
    setupFiles: ["test/digestAtOnce.ts"],
    testTimeout: testLimitMillis,
    hookTimeout: testLimitMillis,
    expect: { poll: { timeout: waitLimitMillis } },
    pool: "forks",
    // The files of a process share its modules: to load Effect for each of two hundred files took longer than their tests.
    isolate: false,
    // Many tests wait for other processes: two at a time, also on a machine of two cores.
    poolOptions: { forks: { minForks: 1, maxForks: 2 } }
  }
})
