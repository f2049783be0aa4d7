/** The questions of the clients of datagrams, in every language. */
import type { Texts } from "../Language.ts"

export const texts: Texts<"askMessage" | "askWord"> = {
  en: { askMessage: "Message: ", askWord: "A word that both of you know: " },
  sk: { askMessage: "Správa: ", askWord: "Slovo, ktoré obaja poznáte: " },
  sr: { askMessage: "Порука: ", askWord: "Реч коју обоје знате: " },
  pl: { askMessage: "Wiadomość: ", askWord: "Słowo, które oboje znacie: " },
  uk: { askMessage: "Повідомлення: ", askWord: "Слово, яке ви обидва знаєте: " },
  ru: { askMessage: "Сообщение: ", askWord: "Слово, которое вы оба знаете: " }
}
