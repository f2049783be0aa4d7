/** The words of paper, stone, scissors: what a client can say, what the answer is, and the client of existing programs. */
import { leave, makeClient, show } from "../AppClient.ts"
import type { Texts } from "../Language.ts"
import * as Prompting from "./Prompting.ts"

/** In the order of the menu. */
export const choices = ["Paper", "Stone", "Scissors"] as const

export type Choice = typeof choices[number]

/** The menu without the prompt behind it. */
export const menu = `Choose object:\n${choices.map((choice, at) => `${at + 1} = ${choice}`).join("\n")}\n\n`
export const prompt = "Your selection: "

export const texts: Texts<"choose" | "waiting"> = {
  en: { choose: "Choose 1, 2 or 3.", waiting: "Waiting for another player." },
  sk: { choose: "Vyberte 1, 2 alebo 3.", waiting: "Čaká sa na ďalšieho hráča." },
  sr: { choose: "Изаберите 1, 2 или 3.", waiting: "Чека се други играч." },
  pl: { choose: "Wybierz 1, 2 lub 3.", waiting: "Oczekiwanie na drugiego gracza." },
  uk: { choose: "Виберіть 1, 2 або 3.", waiting: "Очікуємо на іншого гравця." },
  ru: { choose: "Выберите 1, 2 или 3.", waiting: "Ожидаем другого игрока." }
}

/** The choice with this number or word. */
export const choiceOf = (text: string): Choice | undefined => {
  const given = text.trim().toLowerCase()
  return choices.find((choice, at) => given === String(at + 1) || given === choice.toLowerCase())
}

/** What a player with `own` is answered. "I" is the other side. */
export const outcome = (own: Choice, other: Choice): string => {
  const result = own === other ? "Nobody won" : beats(own, other) ? "You won" : "I won"
  return `You selected ${own}\nI select ${other}\n${result}`
}

/** Each choice beats the next one of the menu: paper stone, stone scissors, scissors paper. */
const beats = (one: Choice, other: Choice): boolean =>
  (choices.indexOf(one) + 1) % choices.length === choices.indexOf(other)

/** Shows the menu, asks for a selection, and shows the answer. */
export const client = makeClient(
  () => Prompting.initial,
  (state, input) => {
    switch (input._tag) {
      case "Opened": {
        const [next, outputs] = Prompting.asking(state, prompt)
        return [next, [show(menu), ...outputs]]
      }
      case "Typed":
        return Prompting.typed(state, input)
      case "Leaving":
      case "Ended":
        return [state, []]
      case "Received": {
        const next = Prompting.received(state, input.text ?? "")
        // A server may send its own menu, before or behind an answer.
        const said = next.seen.replaceAll("\r", "").replaceAll(menu, "").replaceAll(prompt, "").trim()
        if (/ won$/m.test(said)) return [next, [show(said), leave]]
        if (said === "" || menu.startsWith(said) || said.startsWith("You selected")) return [next, []]
        return Prompting.asking({ ...next, seen: "" }, prompt, [show(said)])
      }
    }
  }
)
