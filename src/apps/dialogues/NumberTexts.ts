/** The free texts of the apps that ask for numbers, in each language. */
import type { Texts } from "../Language.ts"
import { mostCharacters, type NumberFault } from "./Decimals.ts"

/** What is wrong with a number. */
export const numberTexts: Texts<NumberFault> = {
  en: {
    NotNumber: "That is no number. Try again.",
    HasComma: "Write the decimals after a point, as in 1.5, and no other separators. Try again.",
    TooLong: `That number has more than ${mostCharacters} characters. Try a shorter one.`
  },
  sk: {
    NotNumber: "To nie je číslo. Skúste znova.",
    HasComma: "Desatinné miesta píšte za bodku, napríklad 1.5, a bez iných oddeľovačov. Skúste znova.",
    TooLong: `To číslo má viac ako ${mostCharacters} znakov. Skúste kratšie.`
  },
  sr: {
    NotNumber: "То није број. Покушајте поново.",
    HasComma: "Децимале пишите иза тачке, на пример 1.5, и без других раздвајача. Покушајте поново.",
    TooLong: `Тај број има више од ${mostCharacters} знакова. Покушајте са краћим.`
  },
  pl: {
    NotNumber: "To nie jest liczba. Spróbuj ponownie.",
    HasComma: "Miejsca dziesiętne zapisz po kropce, na przykład 1.5, bez innych separatorów. Spróbuj ponownie.",
    TooLong: `Ta liczba ma więcej niż ${mostCharacters} znaków. Spróbuj krótszej.`
  },
  uk: {
    NotNumber: "Це не число. Спробуйте ще раз.",
    HasComma: "Десяткові знаки пишіть після крапки, наприклад 1.5, без інших роздільників. Спробуйте ще раз.",
    TooLong: `Це число має понад ${mostCharacters} символів. Спробуйте коротше.`
  },
  ru: {
    NotNumber: "Это не число. Попробуйте ещё раз.",
    HasComma: "Десятичные знаки пишите после точки, например 1.5, без других разделителей. Попробуйте ещё раз.",
    TooLong: `В этом числе больше ${mostCharacters} символов. Попробуйте короче.`
  }
}
