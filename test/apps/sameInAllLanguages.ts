/** What must be equal in the texts of all languages. */
import { expect } from "@effect/vitest"
import { languages, type Texts } from "../../src/apps/Language.ts"

/** Every language has every key, with the same placeholders, and no text that is left in English or empty. */
export const expectSameInAllLanguages = (texts: Texts<string>): void => {
  const placesOf = (text: string) => Array.from(text.matchAll(/\{\w+\}/g), ([place]) => place).toSorted()
  expect(Object.keys(texts).toSorted()).toEqual([...languages].toSorted())
  for (const language of languages) {
    expect(Object.keys(texts[language])).toEqual(Object.keys(texts.en))
    for (const [key, text] of Object.entries(texts[language])) {
      expect(placesOf(text), `${language} ${key}`).toEqual(placesOf(texts.en[key] ?? ""))
      expect(text.trim(), `${language} ${key}`).not.toBe("")
      expect(text.normalize("NFC"), `${language} ${key}`).toBe(text)
      if (language !== "en") expect(text, `${language} ${key}`).not.toBe(texts.en[key])
    }
    const all = Object.values(texts[language]).join(" ").replaceAll(/\{\w+\}|\/\w+ [LW]\b|\/\w+|UTF-8|SHA-256/g, "")
    const isCyrillic = language === "sr" || language === "uk" || language === "ru"
    expect(all, language).toMatch(isCyrillic ? /^\P{Script=Latin}*$/u : /^\P{Script=Cyrillic}*$/u)
  }
}
