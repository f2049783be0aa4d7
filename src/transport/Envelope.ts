/** A message of any wire: to send, on its way, and as its receiver gets it. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Damage } from "../protocol/classic/Damage.ts"
import type { LimitingFactor } from "../protocol/flock/Transmission.ts"
import type { SessionError } from "./SessionError.ts"
import type { SessionStream } from "./SessionStream.ts"

/** The fragmentation of a message, on a wire with fragments. */
export interface FragmentOptions {
  /** Payload bytes of a fragment. Default: the largest size that fits the path to the peer. */
  readonly fragmentSize?: number | undefined
  /** Fragments to damage on purpose, each once. */
  readonly damage?: Damage | undefined
}

/** A message to send. */
export interface Envelope<E = never> {
  /** The service at the receiver: `text`, `file`, or a service of an application. */
  readonly kind: string
  readonly name?: string | undefined
  /** Exact bytes of the body; requires `sha256` on a wire that carries digests. */
  readonly size?: number | undefined
  readonly metadata?: unknown
  /** The body in blocks, which must not be changed afterwards. Any size is carried; `blockBytes` costs least. */
  readonly body: (blockBytes: number) => Stream.Stream<Uint8Array, E>
  /** The SHA-256 of the whole body, in hex; it is run after the body, and its receiver compares it. */
  readonly sha256?: Effect.Effect<string, E> | undefined
  /** Receives a block that the peer has acknowledged, for reuse as a buffer. */
  readonly recycle?: ((block: Uint8Array) => void) | undefined
  readonly fragments?: FragmentOptions | undefined
}

/** How a message is sent on this wire: the number and size of its fragments, on a wire with fragments. */
export interface Plan {
  readonly fragments: number | undefined
  readonly fragmentSize: number | undefined
}

/** The fragments of a sent message and their retransmissions, on a wire with fragments. */
export interface FragmentCost {
  /** All fragments, including those of the name. */
  readonly count: number
  readonly fragmentSize: number
  /** The first of the sequence numbers that were sent again. */
  readonly repeatedNumbers: ReadonlyArray<number>
  /** The number of fragments that were damaged on purpose, and the first of their sequence numbers. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
}

/** A message that its receiver has accepted. */
export interface Delivery {
  /** The metadata of the receipt. */
  readonly receipt: unknown
  /** False if the message arrived but the final answer was lost. */
  readonly confirmed: boolean
  readonly durationMillis: number
  /** Packets or frames of the session that were sent again during the transfer: simultaneous messages share the number. */
  readonly retransmissions: number
  /** The factor that limited the rate for most of the time, on a wire that measures it. */
  readonly limitedBy: LimitingFactor | undefined
  readonly fragments: FragmentCost | undefined
}

/** Damaged and duplicate fragments that a receiver has counted so far. */
export interface Reception {
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
  readonly duplicates: number
  /** Payload bytes of a full fragment. */
  readonly payloadSize: number | undefined
}

/** A message that is being received, for its handler. */
export interface Incoming {
  readonly kind: string
  /** The name from the peer: unsafe to show or to open unchecked. Undefined without a name, or if it is not UTF-8. */
  readonly name: string | undefined
  /** Bytes of the body, if the sender announced them. */
  readonly size: number | undefined
  /** A lower bound of the body's bytes. */
  readonly leastBytes: number
  readonly metadata: unknown
  readonly plan: Plan
  /** The body in blocks, each emitted when `leastBytes` have arrived or at the end. Fails if the sender abandons it. */
  readonly body: (leastBytes: number) => Stream.Stream<Uint8Array, SessionError>
  /** Returns a block of the body for reuse as a buffer. */
  readonly release: (block: Uint8Array) => void
  /** Bytes of the body that have arrived so far. */
  readonly arrivedBytes: () => number
  /** Damaged and duplicate fragments so far. */
  readonly repeats: () => number
  /** Counts of the whole message; call it after the body has ended. */
  readonly reception: () => Reception
  /** The SHA-256 from the sender, in lower-case hex; available after the body, on a wire that carries digests. */
  readonly sha256: () => string | undefined
  /** Accepts the message as a stream, on a wire with streams: all later bytes belong to the service. */
  readonly stream: (metadata?: unknown) => Effect.Effect<SessionStream, SessionError>
  /** Reports that the message is durable, and waits until the sender has the report. This wait, and no more, is interruptible. */
  readonly accept: (metadata?: unknown) => Effect.Effect<void, SessionError>
  /** Reports a refusal to the sender: `reason` is a code for programs, `message` a sentence for users. */
  readonly refuse: (reason: string, message: string, metadata?: unknown) => Effect.Effect<void>
}
