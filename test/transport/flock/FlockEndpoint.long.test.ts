import { describe, it } from "@effect/vitest"
import { sessionsAtOnce } from "../../suites/sessionsAtOnce.ts"

describe("a listener", () => {
  it.scopedLive("serves 1,000 sessions at the same time, and removes them when they are closed", () =>
    sessionsAtOnce(1000))
})
