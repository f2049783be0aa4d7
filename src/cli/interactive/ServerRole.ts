/** The server role: asks where to listen, then shows connections and messages until the person logs out. */
import * as Effect from "effect/Effect"
import type { Socket } from "../../net/Socket.ts"
import type { Storage } from "../../storage/Storage.ts"
import type { Transport } from "../../transport/Transport.ts"
import * as Serve from "../commands/Serve.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Report } from "../report/Report.ts"
import { failed } from "../report/Report.ts"
import { ConnectedPeers } from "./ConnectedPeers.ts"
import type { Answers } from "./Defaults.ts"
import type { Back } from "./Dialog.ts"
import { ask, choose, Dialog, print } from "./Dialog.ts"
import * as Questions from "./Questions.ts"

/** Logs in as a server. Returns when the person has logged out; with an exit code when `stopping` has completed. */
export const run = (
  answers: Answers,
  report: Report,
  stopping: Effect.Effect<void>
): Effect.Effect<ExitCode | undefined, Back, Transport | Dialog | Socket | Storage> =>
  Effect.gen(function*() {
    const dialog = yield* Dialog
    while (true) {
      const exitCode = yield* Effect.raceFirst(questions(answers), Effect.as(stopping, ExitCode.terminated))
      if (exitCode !== undefined) return exitCode
      const peers = new ConnectedPeers()
      let isStopped = false
      const stopped = Effect.map(stopping, () => {
        isStopped = true
      })
      // Serves like `holub serve`; logging out stops it.
      const loggedOut = Effect.provideService(menu(peers), Dialog, dialog)
      const served = Serve.run(
        answers.serve,
        peers.observing(report),
        Effect.raceFirst(loggedOut, stopped)
      )
      const outcome = yield* Effect.either(Effect.scoped(served))
      if (outcome._tag === "Left") yield* failed(report, outcome.left)
      else if (isStopped) return outcome.right
      else {
        yield* print(["logged out"])
        return undefined
      }
    }
  })

/** Asks where to listen, and where files go. */
const questions = (answers: Answers): Effect.Effect<undefined, Back, Dialog | Socket | Storage> =>
  Effect.gen(function*() {
    const address = yield* ask(Questions.ownAddress(answers.serve))
    answers.serve = { ...answers.serve, ...address }
    const port = yield* ask(Questions.ownPort(address.host, address.port))
    answers.serve = { ...answers.serve, port }
    const dir = yield* ask(Questions.directory(answers.serve))
    answers.serve = { ...answers.serve, dir }
    return undefined
  })

/** Waits until the person wants to log out. */
const menu = (peers: ConnectedPeers): Effect.Effect<void, never, Dialog> =>
  choose({
    title: "Server",
    items: [
      { value: "who", word: "who", label: "show the connected peers" },
      { value: "logOut", word: "log out", label: "stop the server and inform the peers" }
    ],
    fallback: "who"
  }).pipe(
    Effect.tap((choice) => choice === "who" ? Effect.flatMap(peers.lines, print) : Effect.void),
    Effect.repeat({ until: (choice) => choice === "logOut" }),
    Effect.catchTag("Back", () => Effect.void),
    Effect.asVoid
  )
