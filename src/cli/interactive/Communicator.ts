/** The interactive mode: the main menu, which starts the roles of server and client and is shown again after each. */
import * as Effect from "effect/Effect"
import type { Socket } from "../../net/Socket.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Storage } from "../../storage/Storage.ts"
import type { Transport } from "../../transport/Transport.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Report } from "../report/Report.ts"
import * as ClientRole from "./ClientRole.ts"
import type * as Defaults from "./Defaults.ts"
import type { Dialog } from "./Dialog.ts"
import { choose } from "./Dialog.ts"
import * as ServerRole from "./ServerRole.ts"

/**
 * Runs until the person quits, or until `stopping` completes; a server then drains. `answers` has the first defaults,
 * and later the last answers.
 */
export const run = (
  answers: Defaults.Answers,
  report: Report,
  stopping: Effect.Effect<void>
): Effect.Effect<ExitCode, never, Transport | Keyring | Dialog | Socket | Storage> =>
  Effect.gen(function*() {
    const stopped = Effect.as(stopping, ExitCode.terminated)
    while (true) {
      const wanted = Effect.orElseSucceed(menu(answers.role), () => "quit" as const)
      const choice = yield* Effect.raceFirst(wanted, stopped)
      if (choice === "quit") return ExitCode.ok
      if (choice === ExitCode.terminated) return choice
      answers.role = choice
      const role = choice === "server"
        ? ServerRole.run(answers, report, stopping)
        : Effect.raceFirst(Effect.as(ClientRole.run(answers, report), undefined), stopped)
      // Going back from the first question of a role leads here.
      const exitCode = yield* Effect.orElseSucceed(role, () => undefined)
      if (exitCode !== undefined) return exitCode
    }
  })

const menu = (fallback: Defaults.Role) =>
  choose<Defaults.Role | "quit">({
    title: "Main menu",
    items: [
      { value: "server", word: "server", label: "log in as a server" },
      { value: "client", word: "client", label: "log in as a client" },
      { value: "quit", word: "quit", label: "end the program" }
    ],
    fallback
  })
