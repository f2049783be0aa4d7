/**
 * `palindrome`: answers for each message whether it reads the same backwards. The answer is one byte for yes, none for no, and a line
 * end. An empty line ends the dialogue.
 */
import * as Schema from "effect/Schema"
import { type App, close, define, tell } from "../App.ts"
import { ask, leave, makeClient, send, show } from "../AppClient.ts"
import { choice } from "../ConfigFields.ts"
import type { Texts } from "../Language.ts"

/** `answers`: the byte of yes, in hexadecimal 00 as existing servers send, or the digit 1, for people. */
const app: App<{ readonly yes: string }, { readonly answers: "00" | "1" }> = {
  name: "palindrome",
  summary: "tells palindromes from other texts (answers:1 for an answer that people can read)",
  config: Schema.Struct({ answers: choice(["00", "1"], "00") }),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "auto", port: 20_002 }],
  init: ({ answers }) => ({ yes: answers === "1" ? "1\n" : "\0\n" }),
  on: (state, input) => {
    if (input._tag !== "Said") return [state, []]
    const { member, text } = input
    if (text !== undefined && text.trim() === "") return [state, [close(member)]]
    // Bytes that are no text are none that reads the same backwards.
    return [state, [tell(member, text !== undefined && isPalindrome(text) ? state.yes : "\n")]]
  },
  client: makeClient(
    (language) => ({ language }),
    (state, input) => {
      const { no, prompt, yes } = texts[state.language]
      switch (input._tag) {
        case "Opened":
          return [state, [ask(prompt)]]
        case "Typed":
          return [state, input.line.trim() === "" ? [send("\n"), leave] : [send(`${input.line}\n`)]]
        case "Received": {
          const answers = String.fromCharCode(...input.bytes.subarray(0, mostAnswerBytes)).replace(/\r?\n$/, "")
          return [state, [...answers.split(/\r?\n/).map((answer) => show(answer === "" ? no : yes)), ask(prompt)]]
        }
        case "Leaving":
        case "Ended":
          return [state, []]
      }
    }
  ),
  example: {
    config: { answers: "1" },
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "Never odd or even!" },
      { _tag: "Say", client: 1, message: "pigeon" },
      { _tag: "Say", client: 1, message: "" }
    ]
  }
}

export const texts: Texts<"prompt" | "yes" | "no"> = {
  en: { prompt: "Text, or nothing to end: ", yes: "yes", no: "no" },
  sk: { prompt: "Text, alebo nič na koniec: ", yes: "áno", no: "nie" },
  sr: { prompt: "Текст, или ништа за крај: ", yes: "да", no: "не" },
  pl: { prompt: "Tekst albo nic na koniec: ", yes: "tak", no: "nie" },
  uk: { prompt: "Текст або нічого для завершення: ", yes: "так", no: "ні" },
  ru: { prompt: "Текст или ничего для завершения: ", yes: "да", no: "нет" }
}

/** Bytes of a message of the server that are read: some answers that have come together. */
const mostAnswerBytes = 256

/** Whether the code points of a text, without spaces, punctuation and case, are the same backwards. */
const isPalindrome = (text: string): boolean => {
  const letters = Array.from(
    text.replace(/\r?\n$/, "").replaceAll(/[ !?.,+:;"'()-]+/g, "").toLowerCase().normalize("NFC")
  )
  return letters.every((letter, at) => letter === letters[letters.length - 1 - at])
}

export const palindrome = define(app)
