import { describe, it } from "@effect/vitest"
import { numberTexts } from "../../../src/apps/dialogues/NumberTexts.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"

describe("the texts about numbers", () => {
  it("are there in all languages", () => {
    expectSameInAllLanguages(numberTexts)
  })
})
