import { it } from "vitest"
import { texts } from "../../../src/apps/datagrams/DatagramTexts.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"

it("the questions are there in every language", () => {
  expectSameInAllLanguages(texts)
})
