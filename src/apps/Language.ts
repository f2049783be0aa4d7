/** The languages of texts that the protocols of the apps leave free. */

/** The names of languages as in ISO 639-1: English, Slovak, Serbian, Polish, Ukrainian, Russian. */
export const languages = ["en", "sk", "sr", "pl", "uk", "ru"] as const

export type Language = typeof languages[number]

/** A text in every language. */
export type Texts<Keys extends string> = Readonly<Record<Language, Readonly<Record<Keys, string>>>>
