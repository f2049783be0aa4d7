import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { words } from "../../../src/apps/games/Words.ts"
import { wordsConfig } from "../../../src/apps/games/WordsConfig.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"

describe("the configuration of words", () => {
  it("has defaults", () => {
    expect(Schema.decodeUnknownSync(wordsConfig)({})).toEqual({ players: 3, spectators: false })
  })

  it("takes players, spectators, a language and a list", () => {
    const texts = { players: "20", spectators: "true", language: "pl", list: "ab\ncd" }
    const config = Schema.decodeUnknownSync(wordsConfig)(texts)
    expect(config).toEqual({ players: 20, spectators: true, language: "pl", list: [["a", "b"], ["c", "d"]] })
    expect(Schema.encodeSync(wordsConfig)(config)).toEqual(texts)
  })

  it.each([
    [{ players: "0" }, /^players: Expected a whole number from 1 to 20, actual "\d+"$/],
    [{ players: "21" }, /^players: Expected a whole number from 1 to 20, actual "\d+"$/],
    [{ players: "2.5" }, /^players: /],
    [{ players: "many" }, /^players: /],
    [{ spectators: "yes" }, /^spectators: /],
    [{ language: "de" }, /^language: /],
    [{ list: "" }, /^list: there is no word$/],
    [{ list: "a*b" }, /^list: line 1 is no word of at most 64 letters, without spaces and without \*$/]
  ])("is refused as %j, with the reason", (config, reason) => {
    expect(() => new Rehearsal(words, { crypto, config })).toThrow(reason)
    expect(Either.isLeft(Schema.decodeUnknownEither(wordsConfig)(config))).toBe(true)
  })
})
