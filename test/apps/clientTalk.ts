/** Plays the client of an app: what it does with each input, as one line an output. */
import type { AnyApp } from "../../src/apps/App.ts"
import type { ClientInput, ClientOutput } from "../../src/apps/AppClient.ts"
import type { Language } from "../../src/apps/Language.ts"

/** `opened`, `typed TEXT`, `got TEXT`, `leaving` or `ended`. */
const inputOf = (step: string): ClientInput => {
  const [verb, ...words] = step.split(" ")
  const rest = words.join(" ")
  if (verb === "typed") return { _tag: "Typed", line: rest }
  if (verb === "got") return { _tag: "Received", bytes: Buffer.from(rest), text: rest }
  if (verb === "leaving") return { _tag: "Leaving" }
  return { _tag: verb === "opened" ? "Opened" : "Ended" }
}

const textOf = (output: ClientOutput): string => {
  switch (output._tag) {
    case "Show":
      return `show ${output.text}`
    case "Ask":
      return `ask ${output.prompt}`
    case "Send":
      return `send ${Buffer.from(output.message).toString()}`
    case "Leave":
      return "leave"
  }
}

export const clientTalk = (
  app: AnyApp,
  steps: ReadonlyArray<string>,
  language: Language = "en"
): ReadonlyArray<string> => {
  let run = app.client?.start(language)
  return steps.flatMap((step) => {
    const [next, outputs] = run?.on(inputOf(step)) ?? [undefined, []]
    run = next
    return outputs.map(textOf)
  })
}
