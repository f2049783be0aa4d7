/** What clients that log in over a plain connection type, and the words for a log-in that was not right. */
import type { Answer, Said } from "../App.ts"
import type { Language, Texts } from "../Language.ts"
import { filled } from "../Wording.ts"

/** UTF-16 code units of an answer, at most; of a longer one the rest makes it wrong. No name, password or token is as long. */
const mostUnits = 2048

/** What a client has typed, without the end of its line; empty for bytes that are no text. Spaces belong to a password. */
export const typedOf = ({ text = "" }: Pick<Said, "text">): string => text.slice(0, mostUnits).replace(/\r?\n$/, "")

/** The same words for an unknown name and a wrong password. */
export const refusalOf = (answer: Exclude<Answer, { readonly _tag: "Welcome" }>, language: Language): string => {
  switch (answer._tag) {
    case "Wrong":
      return "Wrong name or password"
    case "Wait":
      return filled(texts[language].wait, { seconds: answer.seconds })
    case "Busy":
      return texts[language].busy
  }
}

export const texts: Texts<"wait" | "busy"> = {
  en: {
    wait: "Too many wrong passwords. Try again in {seconds} s.",
    busy: "No log-in is possible at the moment. Try again later."
  },
  sk: {
    wait: "Priveľa nesprávnych hesiel. Skúste to znova o {seconds} s.",
    busy: "Teraz sa nedá prihlásiť. Skúste to neskôr."
  },
  sr: {
    wait: "Превише погрешних лозинки. Покушајте поново за {seconds} с.",
    busy: "Пријава тренутно није могућа. Покушајте касније."
  },
  pl: {
    wait: "Za dużo błędnych haseł. Spróbuj ponownie za {seconds} s.",
    busy: "Logowanie nie jest teraz możliwe. Spróbuj później."
  },
  uk: {
    wait: "Забагато неправильних паролів. Спробуйте ще раз через {seconds} с.",
    busy: "Зараз увійти неможливо. Спробуйте пізніше."
  },
  ru: {
    wait: "Слишком много неверных паролей. Попробуйте ещё раз через {seconds} с.",
    busy: "Сейчас войти невозможно. Попробуйте позже."
  }
}
