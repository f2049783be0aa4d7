/** Asks a person whether to trust the key of a server that is not known yet. It waits as long as it takes: no session is open. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import { isSame } from "../../protocol/SameBytes.ts"
import * as KeyText from "../../security/KeyText.ts"
import { ask, type Dialog, print } from "../interactive/Dialog.ts"
import { wordsOf } from "./KeyName.ts"

/** Returns whether the person trusts `key` of `server`, in the form `host:port`. Ctrl-D means no. */
export const isTrusted = (server: string, key: Uint8Array): Effect.Effect<boolean, never, Dialog> =>
  Effect.gen(function*() {
    yield* print([
      `${server} is not known yet. The words of its key:`,
      `  ${wordsOf(key)}`,
      "The server shows its words when it starts, and `holub key show` does."
    ])
    return yield* ask({
      question: "trust it from now on? (yes, no, or paste its key)",
      fallback: "",
      check: (text) => answerOf(text, key)
    })
  }).pipe(Effect.orElseSucceed(() => false))

/** The decision of an answer, or why it is none. A key may be pasted with the command around it. */
const answerOf = (text: string, key: Uint8Array): Effect.Effect<boolean, string> => {
  const answer = text.trim().toLowerCase().replace(/\s+/g, " ")
  if (answer === "yes" || answer === "y" || answer === wordsOf(key)) return Effect.succeed(true)
  if (answer === "no" || answer === "n") return Effect.succeed(false)
  const [pasted] = /\bhk1[^\s@]*/.exec(answer) ?? []
  if (pasted === undefined) return Effect.fail("answer yes or no, or paste the key that begins with hk1")
  return Either.match(KeyText.parse(nodeCrypto, pasted), {
    onLeft: (why) => Effect.fail(`the key ${why}`),
    onRight: (expected) =>
      isSame(expected, key)
        ? Effect.succeed(true)
        : Effect.fail("this is another key: the server that answers is not the one that you want; answer no")
  })
}
