/** `holub follow`: prints what is said in a room, each event once, over lost connections too. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import { textOf } from "../../apps/chat/ChatLines.ts"
import type { DriverEvent } from "../../conversation/client/ClientDriver.ts"
import type { RoomsClient } from "../../protocol/conversation/client/RoomsClient.ts"
import type { Event } from "../../protocol/conversation/Event.ts"
import { serverOfPerson } from "../../protocol/conversation/EventBody.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Transport } from "../../transport/Transport.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure } from "../errors/Failure.ts"
import type { ReportEvent } from "../report/Report.ts"
import * as RoomPlace from "../room/RoomPlace.ts"
import * as RoomSession from "../room/RoomSession.ts"
import { clockOf, zoneMinutes } from "../room/ScreenTime.ts"
import type { Values } from "../settings/Settings.ts"
import { harmless } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { CommandContext, Run } from "./CommandContext.ts"
import { type NetworkValues, onNetwork, unlessStopped } from "./Layers.ts"
import { exactly } from "./Operands.ts"

type FollowValues =
  & Pick<Values, "count" | "json" | "last" | "nick" | "remember">
  & NetworkValues
  & { readonly operands: ReadonlyArray<string> }

export const start: Run<FollowValues> = unlessStopped((values, context) =>
  Effect.gen(function*() {
    const [text] = yield* exactly(values.operands, ["HOST[:PORT]/ROOM"], "follow")
    const place = yield* RoomPlace.of(text, values.wire)
    return yield* onNetwork(Effect.scoped(followed(place, values, context)), values, context)
  })
)

const followed = (
  { room, to }: RoomPlace.RoomPlace,
  { count = Infinity, json, last, nick, remember }: FollowValues,
  { print, report }: CommandContext
): Effect.Effect<ExitCode, Failure, Transport | Keyring | Scope.Scope> =>
  Effect.gen(function*() {
    const client = RoomSession.clientIn(room, last)
    const failed = yield* Deferred.make<never, Failure>()
    const events = yield* Mailbox.make<DriverEvent>({ capacity: TextLimits.followedEvents, strategy: "dropping" })
    const { ended } = yield* RoomSession.open(client, { to, nick, remembers: remember }, report, (happened) => {
      for (const event of happened) {
        if (event._tag === "Refused" && event.room === room) Deferred.unsafeDone(failed, Effect.fail(refused(event)))
        else if (!events.unsafeOffer(event)) Deferred.unsafeDone(failed, Effect.fail(tooSlow))
      }
    })
    let left = count
    const shown: Effect.Effect<void> = Effect.gen(function*() {
      while (left > 0) {
        const event = yield* Effect.orDie(events.take)
        if (event._tag === "Lost" || event._tag === "Unreached") yield* report.note(noteOf(event))
        if (event._tag !== "Recorded") continue
        yield* report.emit(eventOf(event.event))
        if (!json) yield* print(lineOf(client, event.event))
        if (event.event.kind === "said" || event.event.kind === "file") left--
      }
    })
    yield* Effect.raceFirst(shown, Effect.raceFirst(ended, Deferred.await(failed)))
    return ExitCode.ok
  })

const noteOf = ({ _tag, place, reason }: Extract<DriverEvent, { readonly _tag: "Lost" | "Unreached" }>): string =>
  `${place.name} is ${_tag === "Lost" ? "lost" : "not reached"}, and is tried again: ${harmless(reason)}`

const eventOf = ({ author, body, clock, kind, origin, re, room, seq, time }: Event): ReportEvent => ({
  type: "event",
  room,
  origin,
  seq,
  clock,
  at: new Date(time).toISOString(),
  author,
  kind,
  re,
  body: body ?? undefined
})

/** The line of an event, with a line feed; empty for one that is no line, such as a reaction. */
const lineOf = (client: RoomsClient, event: Event): string => {
  const timeline = client.roomView(event.room)?.timeline
  const line = timeline?.lineOf(event)
  if (timeline === undefined || line === undefined) return ""
  const server = serverOfPerson(client.author ?? "")
  const clock = clockOf(line.time, zoneMinutes(line.time))
  return textOf(line, { view: timeline, server }).split("\n").map((text) => `${clock}  ${harmless(text)}\n`).join("")
}

const refused = ({ reason }: Extract<DriverEvent, { readonly _tag: "Refused" }>): Failure =>
  new Failure({ code: "Declined", exitCode: ExitCode.declined, message: harmless(reason) })

const tooSlow = new Failure({
  code: "TooSlow",
  exitCode: ExitCode.localIo,
  message: `the reader of this output is ${TextLimits.followedEvents} events behind`,
  hint: "write to a file, and read that"
})
