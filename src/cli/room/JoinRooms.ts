/** Enters the rooms of a server, with a session of its own for each connection: a lost one is followed by another one. */
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import * as ClientDriver from "../../conversation/client/ClientDriver.ts"
import * as ClientStream from "../../conversation/client/ClientStream.ts"
import { type Address, format } from "../../net/Address.ts"
import { RoomsClient } from "../../protocol/conversation/client/RoomsClient.ts"
import { hall } from "../../protocol/conversation/Powers.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Transport } from "../../transport/Transport.ts"
import type { CommandContext } from "../commands/CommandContext.ts"
import * as Connecting from "../commands/Connecting.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, ofSession } from "../errors/Failure.ts"
import { paintFor } from "../report/Colours.ts"
import type { Keyed } from "../settings/DestinationKey.ts"
import { harmless } from "../text/Format.ts"
import { ofProcess } from "./FullScreen.ts"
import * as RoomsFace from "./RoomsFace.ts"

export interface JoinedRooms {
  /** The server, whose key is known or given. */
  readonly to: Address & Keyed
  readonly room: string
}

/** The room of an app as a server lists it: that of `chat` is the hall; undefined for another app. */
export const roomOfChat = (name: string): string | undefined =>
  name === "chat" ? hall : name.startsWith("chat/") ? name.slice("chat/".length) : undefined

/** A guest in the room, until the person leaves. */
export const run = (
  { room, to }: JoinedRooms,
  color: boolean | undefined,
  { outputs, report, sources }: CommandContext
): Effect.Effect<ExitCode, Failure, Transport | Keyring | Terminal.Terminal> => {
  const client = new RoomsClient(`cli-${randomUUID()}`)
  client.openRoom(room)
  const connect = (onTurn: RoomsFace.OnTurn): Effect.Effect<
    { readonly running: ClientDriver.ClientDriver<Failure>; readonly ended: Effect.Effect<never, Failure> },
    Failure,
    Transport | Keyring | Scope.Scope
  > =>
    Effect.gen(function*() {
      const running = yield* ClientDriver.make(client, {
        servers: [{ name: format(to), address: to, key: to.key }],
        open: ({ address, key }) =>
          Effect.gen(function*() {
            const session = yield* Connecting.connect({
              to: key === undefined ? address : { ...address, key },
              waitMillis: 0
            }, report)
            const { wire } = session.capabilities
            return yield* Effect.mapError(session.openService(ClientStream.kind), (error) => ofSession(error, wire))
          }),
        login: () => Effect.succeed({ as: "guest" as const }),
        onTurn
      })
      yield* Effect.mapError(running.opened, (error) => error._tag === "LoginRefused" ? refused(error) : error)
      return { running, ended: Effect.mapError(running.ended, refused) }
    })
  const paint = paintFor(outputs.stdout, color, sources.environment["NO_COLOR"])
  const lines = RoomsFace.personLines(outputs)
  return Effect.as(RoomsFace.run(connect, { room, device: ofProcess(), paint, outputs, lines }), ExitCode.ok)
}

const refused = ({ message }: ClientDriver.LoginRefused): Failure =>
  new Failure({
    code: "Refused",
    exitCode: ExitCode.declined,
    message: `the server does not let you in: ${harmless(message)}`,
    hint: undefined
  })
