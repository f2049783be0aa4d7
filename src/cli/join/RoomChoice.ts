/** The room of a server that `join` enters: found in the server's list before a stream to it is opened, or chosen from the list. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as RoomLimits from "../../conversation/RoomLimits.ts"
import * as SessionListener from "../../conversation/SessionListener.ts"
import { format } from "../../net/Address.ts"
import { refusalCode } from "../../transfer/Service.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import type { Session } from "../../transport/Transport.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, ofSession, usage } from "../errors/Failure.ts"
import { choose, Dialog } from "../interactive/Dialog.ts"
import { harmless, listed } from "../text/Format.ts"

/**
 * The name of the room. Without `wanted` a person chooses one, undefined when the person goes back, and a script gets the list as an error. The
 * opening of a stream does not show whether its room exists: a room may say nothing. The list does.
 */
export const chosen = (
  session: Session,
  wanted: string | undefined,
  dialog: Dialog["Type"] | undefined
): Effect.Effect<string | undefined, Failure> =>
  Effect.gen(function*() {
    const rooms = yield* Effect.catchAll(
      SessionListener.list(session),
      (error) => isWithoutRooms(error) ? Effect.succeed([]) : Effect.fail(ofSession(error, session.capabilities.wire))
    )
    const peer = format(session.peer())
    const [first] = rooms
    if (first === undefined) {
      return yield* Effect.fail(
        notOffered(`${peer} offers no app`, "its operator offers one with holub serve --app NAME")
      )
    }
    const names = listed(rooms.map(({ name }) => harmless(name)))
    if (wanted !== undefined) {
      // A longer list is cut off.
      if (rooms.length >= RoomLimits.listedRooms || rooms.some(({ name }) => name === wanted)) return wanted
      return yield* Effect.fail(notOffered(`${peer} does not offer "${harmless(wanted)}"`, `it offers ${names}`))
    }
    if (dialog === undefined) {
      return yield* Effect.fail(usage(`no app is named; ${peer} offers ${names}`, "write: holub join HOST/APP"))
    }
    const menu = {
      title: `Rooms of ${peer}`,
      items: rooms.map(({ name, summary }) => ({ value: name, word: harmless(name), label: harmless(summary) })),
      fallback: first.name
    }
    return Option.getOrUndefined(yield* Effect.option(Effect.provideService(choose(menu), Dialog, dialog)))
  })

/** Whether the server has no list, because it has no rooms. */
const isWithoutRooms = ({ detail, reason }: SessionError): boolean =>
  reason === "Declined" && detail === refusalCode.unsupported

const notOffered = (message: string, hint: string): Failure =>
  new Failure({ code: refusalCode.unsupported, exitCode: ExitCode.declined, message, hint })
