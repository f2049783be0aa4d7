import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { lookOf } from "../../../src/protocol/conversation/LookAlikes.ts"

describe("names look the same", () => {
  it.each([
    ["ala", "аlа", "Cyrillic"],
    ["Ala", "Αla", "Greek"],
    ["HAT", "НАТ", "Cyrillic capitals"],
    ["hat", "HAT", "case"],
    ["HANNA", "ΗΑΝΝΑ", "Greek capitals"],
    ["bill", "bi1l", "a digit"],
    ["bob", "b0b", "a zero"],
    ["Ivan", "lvan", "a small l for I"],
    ["Ivan", "1van", "a one for I"],
    ["ivan", "іvаn", "Cyrillic i"],
    ["marta", "rnarta", "r and n"],
    ["wanda", "vvanda", "two v"],
    ["Борис", "Бopиc", "Latin among Cyrillic"],
    ["Γιάννης", "Гιάvvης", "a mixture of three scripts"],
    ["zoë", "zoё", "Cyrillic ё for ë"],
    ["user3", "userЗ", "Cyrillic З for 3"],
    ["a-b", "a‑b", "a hyphen that does not break"],
    ["O'Neil", "O’Neil", "an apostrophe"],
    ["ala", "ａｌａ", "full width"],
    ["ala", "𝒶𝓁𝒶", "mathematical letters"],
    ["☺", "☺\ufe0f", "a variation selector"],
    ["CAT", "ϹΑΤ", "a lunate sigma"]
  ])("%s and %s: %s", (one, other) => {
    expect(lookOf(other)).toBe(lookOf(one))
  })

  it.each([
    ["ala", "äla"],
    ["ala", "ola"],
    ["bill", "bili"],
    ["Ian", "Lan"],
    ["hat", "нат"],
    ["RNA", "MA"],
    ["hana", "nana"],
    ["van", "nan"],
    ["anna5", "annaS"],
    ["Борис", "Бориc2"]
  ])("not %s and %s", (one, other) => {
    expect(lookOf(other)).not.toBe(lookOf(one))
  })

  it("does not depend on how accents are composed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 32 }), (name) => {
        expect(lookOf(name.normalize("NFC"))).toBe(lookOf(name.normalize("NFD")))
      }),
      { seed: 1 }
    )
  })
})
