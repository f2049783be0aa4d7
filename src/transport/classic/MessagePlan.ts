/** Plans the announcement and the fragments of a message on the classic wire; fails if the wire cannot carry it. */
import * as Effect from "effect/Effect"
import { maxSequenceNumber } from "../../protocol/classic/ClassicFrame.ts"
import type { Damage } from "../../protocol/classic/Damage.ts"
import type { MessageKind, Plan, Refusal } from "../../protocol/classic/Fragments.ts"
import * as Fragments from "../../protocol/classic/Fragments.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { SessionError } from "../SessionError.ts"

/** A message to send. `name` is empty for a text; `contentBytes` is exact, because the announcement contains it. */
export interface Message {
  readonly kind: MessageKind
  readonly name: string
  readonly contentBytes: number
  /** Payload bytes of a fragment, 1 to 1,445. */
  readonly fragmentSize: number
  /** Fragments to damage on purpose, each once. */
  readonly damage?: Damage | undefined
}

/** Plans a message with an announcement that differs from those of `earlier` ones. Fails with `Unsupported`. */
export const plan = (
  message: Message,
  peer: string,
  earlier: ReadonlyArray<Plan> = []
): Effect.Effect<Plan, SessionError> =>
  Effect.suspend(() => {
    const name = new TextEncoder().encode(message.name)
    const planned = Fragments.planAfter(earlier, message.kind, name, message.contentBytes, message.fragmentSize)
    if (!("_tag" in planned)) return Effect.succeed(planned)
    return new SessionError({ reason: "Unsupported", peer, detail: planned._tag, message: sentenceOf(planned) })
  })

const sentenceOf = (refusal: Refusal): string => {
  switch (refusal._tag) {
    case "FragmentSize":
      return `a fragment has ${Fragments.minFragmentSize} to ${Fragments.maxFragmentSize} bytes, not ${refusal.fragmentSize}`
    case "TextTooLong":
      return `a text has at most ${Limits.textBytes} bytes, not ${refusal.contentBytes}; send it as a file`
    case "TooManyFragments":
      return refusal.leastFragmentSize === undefined
        ? `the classic wire carries at most ${maxSequenceNumber} fragments; this would be ${refusal.fragmentCount}`
        : `the classic wire carries at most ${maxSequenceNumber} fragments; this would be ${refusal.fragmentCount}: use a fragment size of ${refusal.leastFragmentSize} or more`
  }
}
