/** A guest in the rooms of a server, on sessions of this command: a lost one is followed by another one. */
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
import * as Connecting from "../commands/Connecting.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, ofSession } from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import type { Keyed } from "../settings/DestinationKey.ts"
import { harmless } from "../text/Format.ts"

export interface RoomServer {
  /** Its key is known or given. */
  readonly to: Address & Keyed
  /** Whether the key in `to` is remembered. */
  readonly remembers?: boolean | undefined
  /** The nick of the guest; without it the server gives one. */
  readonly nick?: string | undefined
}

export interface RoomSession {
  readonly running: ClientDriver.ClientDriver<Failure>
  /** Fails when no server takes the person any more. */
  readonly ended: Effect.Effect<never, Failure>
}

export type OnTurn = (events: ReadonlyArray<ClientDriver.DriverEvent>) => void

/** The name of a room in its log, by that of the app as a server lists it: `chat` has the hall, `chat/kitchen` the kitchen; undefined for another app. */
export const roomOfChat = (name: string): string | undefined =>
  name === "chat" ? hall : name.startsWith("chat/") ? name.slice("chat/".length) : undefined

/** A client of this run of the program, in a room. */
export const clientIn = (room: string, last?: number): RoomsClient => {
  const client = new RoomsClient(`cli-${randomUUID()}`)
  client.openRoom(room, last === undefined ? {} : { last })
  return client
}

/** Runs the client until the scope closes; the person is welcome then. */
export const open = (
  client: RoomsClient,
  { nick, remembers, to }: RoomServer,
  report: Report,
  onTurn: OnTurn
): Effect.Effect<RoomSession, Failure, Transport | Keyring | Scope.Scope> =>
  Effect.gen(function*() {
    const running = yield* ClientDriver.make(client, {
      servers: [{ name: format(to), address: to, key: to.key }],
      open: ({ address, key }) =>
        Effect.gen(function*() {
          const place = key === undefined ? address : { ...address, key }
          const session = yield* Connecting.connect({ to: place, waitMillis: 0, remembers }, report)
          const { wire } = session.capabilities
          return yield* Effect.mapError(session.openService(ClientStream.kind), (error) => ofSession(error, wire))
        }),
      login: () => Effect.succeed({ as: "guest" as const, ...(nick === undefined ? {} : { nick }) }),
      onTurn
    })
    yield* Effect.mapError(running.opened, (error) => error._tag === "LoginRefused" ? refused(error) : error)
    return { running, ended: Effect.mapError(running.ended, refused) }
  })

const refused = ({ message }: ClientDriver.LoginRefused): Failure =>
  new Failure({
    code: "Refused",
    exitCode: ExitCode.declined,
    message: `the server does not let you in: ${harmless(message)}`,
    hint: undefined
  })
