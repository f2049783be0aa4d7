/** `holub say`: posts texts in a room of a server, and ends when all are on its disk. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { DriverEvent } from "../../conversation/client/ClientDriver.ts"
import * as StandardInput from "../../node/storage/StandardInput.ts"
import { utf8Bytes } from "../../protocol/conversation/CanonicalJson.ts"
import * as ClientLimits from "../../protocol/conversation/client/ClientLimits.ts"
import type { RoomsClient } from "../../protocol/conversation/client/RoomsClient.ts"
import * as ConversationLimits from "../../protocol/conversation/ConversationLimits.ts"
import { postOf } from "../../protocol/conversation/PostText.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Transport } from "../../transport/Transport.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, ofStorage, usage } from "../errors/Failure.ts"
import * as RoomPlace from "../room/RoomPlace.ts"
import * as RoomSession from "../room/RoomSession.ts"
import type { Values } from "../settings/Settings.ts"
import { harmless } from "../text/Format.ts"
import type { CommandContext, Run } from "./CommandContext.ts"
import { type NetworkValues, onNetwork, unlessStopped } from "./Layers.ts"

type SayValues =
  & Pick<Values, "everywhere" | "nick" | "remember">
  & NetworkValues
  & { readonly operands: ReadonlyArray<string> }

export const start: Run<SayValues> = unlessStopped((values, context) =>
  Effect.gen(function*() {
    const [text, ...words] = values.operands
    const place = yield* RoomPlace.of(text, values.wire)
    const texts = words.length === 0 || (words.length === 1 && words[0] === "-")
      ? standardInput
      : Stream.succeed(words.join(" "))
    return yield* onNetwork(Effect.scoped(said(place, texts, values, context)), values, context)
  })
)

const said = (
  { room, to }: RoomPlace.RoomPlace,
  texts: Stream.Stream<string, Failure>,
  { everywhere, nick, remember }: SayValues,
  { report }: CommandContext
): Effect.Effect<ExitCode, Failure, Transport | Keyring | Scope.Scope> =>
  Effect.gen(function*() {
    const client = RoomSession.clientIn(room, 0)
    const failed = yield* Deferred.make<never, Failure>()
    const changed = Effect.unsafeMakeLatch(false)
    const posted: Array<Extract<DriverEvent, { readonly _tag: "Posted" }>> = []
    const { ended, running } = yield* RoomSession.open(client, { to, nick, remembers: remember }, report, (events) => {
      for (const event of events) {
        if (event._tag === "Posted") posted.push(event)
        const failure = failureOf(event)
        if (failure !== undefined) Deferred.unsafeDone(failed, Effect.fail(failure))
      }
      changed.unsafeOpen()
    })
    /** Waits until the client is as it should be. */
    const until = (isReached: () => boolean): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (isReached()) return Effect.void
        changed.unsafeClose()
        return Effect.zipRight(changed.await, until(isReached))
      })
    const unanswered = (): number => client.roomView(room)?.unrecorded.length ?? 0
    const reported = Effect.suspend(() =>
      Effect.forEach(
        posted.splice(0),
        ({ event }) => report.emit({ type: "posted", room, origin: event?.origin, seq: event?.seq }),
        { discard: true }
      )
    )
    const one = (line: string): Effect.Effect<void, Failure> =>
      Effect.gen(function*() {
        const text = postOf(line)
        if (text.trim() === "") return
        if (utf8Bytes(text, ConversationLimits.textBytes) > ConversationLimits.textBytes) {
          return yield* Effect.fail(tooLong)
        }
        yield* until(() => unanswered() < ClientLimits.unansweredPosts)
        const number = running.act((it, now) => it.post(room, { kind: "said", body: { text }, re: undefined }, now))
        if (typeof number === "string") return yield* Effect.fail(declined(number))
        yield* reported
      })
    const all = Stream.runForEach(texts, one).pipe(
      Effect.zipRight(until(() => unanswered() === 0)),
      Effect.zipRight(Effect.suspend(() => reported))
    )
    yield* Effect.raceFirst(all, Effect.raceFirst(ended, Deferred.await(failed)))
    if (everywhere === undefined) return ExitCode.ok
    const isEverywhere = yield* Effect.timeoutOption(until(() => hasArrived(client, room)), everywhere)
    return Option.isSome(isEverywhere) ? ExitCode.ok : yield* Effect.fail(behind)
  })

/** Whether all posts of this program are on every server of the room. */
const hasArrived = (client: RoomsClient, room: string): boolean => {
  const view = client.roomView(room)
  return view !== undefined && view.unrecorded.length === 0 && view.timeline.lines.every((line) => {
    const progress = view.progressOf(line)
    return progress === undefined || progress === "everywhere"
  })
}

/** Each line of standard input is a text. */
const standardInput: Stream.Stream<string, Failure> = Stream.suspend(() => {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  const decoded = (bytes: Uint8Array, isLast: boolean) =>
    Effect.try({ try: () => decoder.decode(bytes, { stream: !isLast }), catch: () => notText })
  return Stream.mapError(StandardInput.bytes, ofStorage).pipe(
    Stream.mapEffect((bytes) => decoded(bytes, false)),
    Stream.concat(Stream.fromEffect(Effect.suspend(() => decoded(new Uint8Array(0), true)))),
    Stream.splitLines
  )
})

const failureOf = (event: DriverEvent): Failure | undefined => {
  switch (event._tag) {
    case "Unposted":
      return declined(`the server has not recorded the post: ${harmless(event.reason)}`)
    case "Refused":
      return event.room !== undefined && event.waitMillis === undefined
        ? declined(harmless(event.reason))
        : undefined
    default:
      return undefined
  }
}

const declined = (message: string): Failure => new Failure({ code: "Declined", exitCode: ExitCode.declined, message })

const notText = new Failure({
  code: "NotText",
  exitCode: ExitCode.localIo,
  message: "standard input is not text in UTF-8",
  hint: "holub send sends files"
})

const tooLong = usage(`a text has more than ${ConversationLimits.textBytes} bytes`, "send it as a file: holub send")

const behind = new Failure({
  code: "Behind",
  exitCode: ExitCode.lost,
  message: "not every server of the room has the posts yet; they are on the disk of this one",
  hint: "they go to the others when these are linked again"
})
