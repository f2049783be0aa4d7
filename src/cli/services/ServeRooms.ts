/** The rooms of `holub serve`: planned before anything is opened, hosted beside the sessions, operated on the terminal of the server. */
import * as Terminal from "@effect/platform/Terminal"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { apps } from "../../apps/Apps.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Tcp } from "../../net/Tcp.ts"
import { stateFolder } from "../../node/Folders.ts"
import type { Crypto } from "../../security/Crypto.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Transport } from "../../transport/Transport.ts"
import type { CommandContext } from "../commands/CommandContext.ts"
import type { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import * as AboveLine from "../interactive/AboveLine.ts"
import { Dialog } from "../interactive/Dialog.ts"
import type { HostValues } from "../settings/ServiceSettings.ts"
import type { Values } from "../settings/Settings.ts"
import * as ConfigFiles from "./ConfigFiles.ts"
import * as Hosting from "./Hosting.ts"
import * as HostingPlan from "./HostingPlan.ts"
import type { Host } from "./HostRooms.ts"
import * as OperatorConsole from "./OperatorConsole.ts"
import * as ServeStore from "./ServeStore.ts"
import * as WebPlan from "./WebPlan.ts"

type RoomValues =
  & HostValues
  & Pick<Values, "host" | "json" | "portSearch" | "protection" | "verbose" | "wire">
  & Partial<Pick<Values, "logFile">>

type RoomServices = Tcp | Socket | Crypto | Keyring | Transport

/** Runs a server with the rooms of the settings; `serve` runs it with the function that opens them, until its second argument completes. */
export const withRooms = <R>(
  values: RoomValues,
  { outputs, report, sources, stopping }: CommandContext,
  serve: (host: Host<RoomServices>, stopping: Effect.Effect<void>) => Effect.Effect<ExitCode, Failure, R>
): Effect.Effect<ExitCode, Failure, R | Terminal.Terminal | Scope.Scope> =>
  Effect.gen(function*() {
    const { allowUnproved, app, host, json, language, logFile, portSearch, profile, serverName, store, verbose } =
      values
    const options = yield* ConfigFiles.read(app, apps)
    const wanted = {
      apps: options,
      profile,
      host,
      allowsUnproved: allowUnproved,
      allowsPasswords: values.plainLogin,
      isEncrypted: values.wire === "tcp" || (values.wire === "flock" && values.protection !== "crc")
    }
    const rooms = yield* HostingPlan.of(wanted, apps)
    const hosted = {
      rooms,
      web: yield* WebPlan.of(values),
      name: serverName,
      host,
      portSearch,
      language: language ?? HostingPlan.languageOf(sources.environment),
      allowsUnproved: allowUnproved,
      isDetailed: json || verbose || logFile !== undefined,
      stateFolder: store === undefined ? stateFolder(sources.environment) : undefined
    }
    const kept = yield* ServeStore.open(values)
    const open = (listener: Parameters<Host>[0]) =>
      Effect.provide(Hosting.open(hosted, report, listener), kept.services)
    const served: typeof serve = (opener, until) => Effect.raceFirst(serve(opener, until), kept.failed)
    const terminal = yield* Terminal.Terminal
    if (json || !(yield* terminal.isTTY)) {
      return yield* served(open, stopping)
    }
    const stop = yield* Deferred.make<void>()
    const operated = Effect.flatMap(Dialog, (dialog) => {
      const opened: Host<RoomServices> = (listener) =>
        Effect.tap(open(listener), (hosting) =>
          OperatorConsole.run(hosting).pipe(
            Effect.provideService(Dialog, dialog),
            Effect.zipRight(Deferred.succeed(stop, undefined)),
            Effect.interruptible,
            Effect.forkScoped
          ))
      return served(opened, Effect.raceFirst(stopping, Deferred.await(stop)))
    })
    return yield* AboveLine.withDialog(outputs, operated)
  })
