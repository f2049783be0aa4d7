/**
 * Turns files and texts into Streams of fragments and sends them over a connection.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Address } from "../net/Address.ts"
import type { MessageKind, Plan } from "../protocol/classic/Fragments.ts"
import * as Fragments from "../protocol/classic/Fragments.ts"
import * as Digest from "../storage/Digest.ts"
import type { Source, StorageError } from "../storage/Storage.ts"
import type {
  Connection,
  ConnectionError,
  Damage,
  Delivered,
  MessageRefused
} from "../transport/classic/ClassicConnection.ts"
import { plan } from "../transport/classic/ClassicConnection.ts"

/** A message that arrived at its receiver. Sizes are bytes. */
export interface Sent {
  readonly kind: MessageKind
  /** Empty for a text. */
  readonly name: string
  /** Absolute; undefined for what never was a file. */
  readonly path: string | undefined
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  /** Those of the name included. */
  readonly fragments: number
  readonly fragmentSize: number
  readonly retransmissions: number
  readonly repeatedNumbers: ReadonlyArray<number>
  readonly durationMillis: number
  /** DATs that were spoilt on purpose, and the first of their sequence numbers. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
  /** False when it arrived but the last answer was lost. */
  readonly confirmed: boolean
}

export interface SendOptions {
  /** Default: {@link fragmentSizeFor} the peer. */
  readonly fragmentSize?: number | undefined
  /** Fragments to spoil on purpose, each once, so that the receiver asks for them again. */
  readonly damage?: Damage | undefined
}

/** The largest fragment that no network on the way to `peer` has to cut again, as far as that is known. */
export const fragmentSizeFor = (peer: Address): number =>
  peer.host.includes(":") && !peer.host.startsWith("::ffff:") ? Fragments.ipv6FragmentSize : Fragments.maxFragmentSize

/** How a file goes on the wire, or that it does not fit; asked before a connection is opened. */
export const checkFile = (source: Source, fragmentSize: number): Effect.Effect<Plan, MessageRefused> =>
  plan({ kind: "file", name: source.name, contentBytes: source.size, fragmentSize })

/** The same for a text. */
export const checkText = (text: string, fragmentSize: number): Effect.Effect<Plan, MessageRefused> =>
  plan({ kind: "text", name: "", contentBytes: new TextEncoder().encode(text).length, fragmentSize })

/** Sends a file; succeeds when the receiver has published it. */
export const sendFile = (
  connection: Connection,
  source: Source,
  { damage, fragmentSize = fragmentSizeFor(connection.peer) }: SendOptions = {}
): Effect.Effect<Sent, ConnectionError | MessageRefused | StorageError> =>
  Effect.gen(function*() {
    const message = { kind: "file", name: source.name, contentBytes: source.size, fragmentSize, damage } as const
    const delivered = yield* connection.send(message, (size) =>
      fragmentsOf(source.blocks(Fragments.blockBytes(size)), size))
    const sha256 = yield* source.size === 0 ? Digest.ofBytes(new Uint8Array(0)) : source.sha256
    return sent({ kind: "file", name: source.name, path: source.path, size: source.size, sha256 }, delivered)
  })

/** Sends a text of at most `Limits.textBytes`. */
export const sendText = (
  connection: Connection,
  text: string,
  { damage, fragmentSize = fragmentSizeFor(connection.peer) }: SendOptions = {}
): Effect.Effect<Sent, ConnectionError | MessageRefused> =>
  Effect.gen(function*() {
    const bytes = new TextEncoder().encode(text)
    const message = { kind: "text", name: "", contentBytes: bytes.length, fragmentSize, damage } as const
    const delivered = yield* connection.send(message, (size) => fragmentsOf(blocksOf(bytes, size), size))
    const sha256 = yield* Digest.ofBytes(bytes)
    return sent({ kind: "text", name: "", path: undefined, size: bytes.length, sha256 }, delivered)
  })

const sent = (
  message: Pick<Sent, "kind" | "name" | "path" | "size" | "sha256">,
  { fragmentCount: fragments, ...cost }: Delivered
): Sent => ({ ...message, fragments, ...cost })

/** A text in blocks, as a file comes: the fragments of 16 MiB at once would be millions. */
const blocksOf = (bytes: Uint8Array, fragmentSize: number): Stream.Stream<Uint8Array> => {
  const blockBytes = Fragments.blockBytes(fragmentSize)
  return Stream.unfold(
    0,
    (at) =>
      at < bytes.length ? Option.some([bytes.subarray(at, at + blockBytes), at + blockBytes] as const) : Option.none()
  ).pipe(Stream.rechunk(1))
}

/** Blocks as a Stream of fragments, views of them: a chunk of the Stream is a block. */
export const fragmentsOf = <E, R>(
  blocks: Stream.Stream<Uint8Array, E, R>,
  fragmentSize: number
): Stream.Stream<Uint8Array, E, R> =>
  Stream.mapConcatChunk(blocks, (block) => Chunk.unsafeFromArray(Fragments.cut(block, fragmentSize)))
