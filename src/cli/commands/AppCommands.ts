/** `holub app list` and `holub app show`: the apps that `serve --app` hosts, and what they say on the wire. */
import * as Effect from "effect/Effect"
import type { AnyApp } from "../../apps/App.ts"
import { apps } from "../../apps/Apps.ts"
import * as Rehearsal from "../../conversation/Rehearsal.ts"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { usage } from "../errors/Failure.ts"
import * as AppDescription from "../services/AppDescription.ts"
import * as HostingPlan from "../services/HostingPlan.ts"
import type { Values } from "../settings/Settings.ts"
import { wrapped } from "../text/Wrap.ts"
import type { Run } from "./CommandContext.ts"
import { columnsOf } from "./Help.ts"
import { unlessStopped } from "./Layers.ts"

/** A line for each app. */
export const list: Run<object> = unlessStopped((_, { outputs: { stdout }, print, report }) =>
  Effect.gen(function*() {
    const nameColumns = Math.max(...apps.map(({ name }) => name.length))
    const placeColumns = Math.max(...apps.map((app) => AppDescription.placesOf(app).length))
    for (const app of apps) {
      yield* report.emit(AppDescription.eventOf(app))
      const line = AppDescription.lineOf(app, nameColumns, placeColumns)
      const lines = stdout.isTerminal ? wrapped(line, columnsOf(stdout), " ".repeat(nameColumns + 2)) : [line]
      yield* print(lines.map((one) => `${one}\n`).join(""))
    }
    yield* report.note("`holub app show NAME` shows what an app says; `holub serve --app NAME` hosts it")
    return ExitCode.ok
  })
)

/** What an app says, and its example. */
export const show: Run<{ readonly operands: ReadonlyArray<string> } & Pick<Values, "language">> = unlessStopped(
  ({ language, operands }, { outputs: { stdout }, print, report, sources }) =>
    Effect.gen(function*() {
      const [name, ...others] = operands
      if (name === undefined || others.length > 0) {
        return yield* Effect.fail(usage("app show needs one NAME", "`holub app list` lists them"))
      }
      const app = yield* HostingPlan.appOf(name, apps)
      const happenings = exampleOf(app, language ?? HostingPlan.languageOf(sources.environment))
      yield* report.emit(AppDescription.eventOf(app, happenings))
      yield* print(`${AppDescription.linesOf(app, happenings, columnsOf(stdout)).join("\n")}\n`)
      return ExitCode.ok
    })
)

const exampleOf = (app: AnyApp, language: Rehearsal.RehearsalOptions["language"]) =>
  Rehearsal.exampleOf(app, { crypto: nodeCrypto, language })
