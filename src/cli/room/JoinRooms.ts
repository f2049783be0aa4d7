/** Enters the rooms of a server, for a person at a terminal. */
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import type { Keyring } from "../../security/Keyring.ts"
import type { Transport } from "../../transport/Transport.ts"
import type { CommandContext } from "../commands/CommandContext.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import { paintFor } from "../report/Colours.ts"
import { ofProcess } from "./FullScreen.ts"
import * as RoomSession from "./RoomSession.ts"
import * as RoomsFace from "./RoomsFace.ts"

export interface JoinedRooms extends RoomSession.RoomServer {
  readonly room: string
}

/** A guest in the room, until the person leaves. */
export const run = (
  { room, ...server }: JoinedRooms,
  color: boolean | undefined,
  { outputs, report, sources }: CommandContext
): Effect.Effect<ExitCode, Failure, Transport | Keyring | Terminal.Terminal> => {
  const client = RoomSession.clientIn(room)
  const paint = paintFor(outputs.stdout, color, sources.environment["NO_COLOR"])
  const lines = RoomsFace.personLines(outputs)
  return Effect.as(
    RoomsFace.run(
      (onTurn) => RoomSession.open(client, server, report, onTurn),
      { room, device: ofProcess(), paint, outputs, lines }
    ),
    ExitCode.ok
  )
}
