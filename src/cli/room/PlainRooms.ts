/** A person or a script in rooms, in lines: typed lines go to the client, and what the client has is shown above them. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ClientEvent } from "../../protocol/conversation/client/ClientView.ts"
import { perform } from "../../protocol/conversation/client/TypedLine.ts"
import type { Face } from "../join/Talk.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { type LinesAround, RoomLines } from "./RoomLines.ts"
import type { RunningClient } from "./RunningClient.ts"
import { zoneMinutes } from "./ScreenTime.ts"

export interface PlainRooms {
  /** The client has changed. */
  readonly onTurn: (events: ReadonlyArray<ClientEvent>) => void
  /** Completes when the lines have ended, all posts have their answers, and all texts are shown. */
  readonly left: Effect.Effect<void>
}

/** Shows rooms, and does what lines say, until the scope closes. */
export const open = (
  running: RunningClient,
  face: Face,
  room: string | undefined
): Effect.Effect<PlainRooms, never, Scope.Scope> =>
  Effect.gen(function*() {
    const lines = new RoomLines(room)
    const texts = yield* Mailbox.make<string>({ capacity: TextLimits.waitingEvents, strategy: "sliding" })
    const left = yield* Deferred.make<void>()
    let hasEnded = false
    const show = (shown: ReadonlyArray<string>): void => {
      for (const text of shown) texts.unsafeOffer(text)
    }
    const around = (): LinesAround => {
      const now = Date.now()
      return { view: running.client.view, now, zoneMinutes: zoneMinutes(now) }
    }
    const leaveIfAnswered = (): void => {
      if (hasEnded && around().view.rooms.every(({ unrecorded }) => unrecorded.length === 0)) {
        Deferred.unsafeDone(left, Effect.void)
      }
    }
    const take = (line: string): void => {
      const answer = running.act((client, now) => {
        const inRoom = lines.open
        if (inRoom !== undefined) client.markRead(inRoom)
        return perform(client, inRoom, line, now)
      })
      show(
        answer._tag === "File" || answer._tag === "Get"
          ? ["* this version sends and fetches no files in rooms"]
          : lines.textsOfAnswer(answer, around())
      )
    }
    const showing = yield* Effect.forkScoped(
      Effect.ignore(Effect.forever(Effect.flatMap(texts.take, face.show)))
    )
    yield* Effect.forkScoped(
      Stream.runForEach(face.lines, (line) => Effect.sync(() => take(line))).pipe(
        Effect.zipRight(Effect.sync(() => {
          hasEnded = true
          leaveIfAnswered()
        }))
      )
    )
    const onTurn = (events: ReadonlyArray<ClientEvent>): void => {
      show(lines.textsOf(events, around()))
      leaveIfAnswered()
    }
    onTurn([])
    // What has come by then is shown.
    const shown = Effect.zipRight(texts.end, Fiber.await(showing))
    return { onTurn, left: Effect.zipRight(Deferred.await(left), shown) }
  })
