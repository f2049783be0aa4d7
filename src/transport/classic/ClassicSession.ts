/**
 * The sessions of the classic wire: a client's connection sends texts and files, a server's peer receives them. A
 * request beyond the wire's abilities fails with `Unsupported` before a frame is sent.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { format, ipVersionOf } from "../../net/Address.ts"
import { headerBytes } from "../../protocol/classic/ClassicFrame.ts"
import { Cutter } from "../../protocol/classic/Cutter.ts"
import * as Fragments from "../../protocol/classic/Fragments.ts"
import { blocksOf } from "../Body.ts"
import type { Delivery, Envelope, Incoming, Plan, Reception } from "../Envelope.ts"
import { notWhole } from "../OptionRange.ts"
import { unauthenticated } from "../Peer.ts"
import { SessionError } from "../SessionError.ts"
import * as Timing from "../Timing.ts"
import type { Capabilities, Session } from "../Transport.ts"
import type { Connection } from "./ClassicConnection.ts"
import type { Incoming as Arriving, Peer } from "./ClassicPeer.ts"
import { type Message, plan } from "./MessagePlan.ts"

export const capabilities: Capabilities = {
  wire: "classic",
  kinds: ["text", "file"],
  metadata: false,
  sizes: false,
  reasons: false,
  fromServer: false,
  streams: false,
  fragments: true
}

/**
 * The largest fragment size, in bytes, that avoids IP fragmentation on the path to `host`, as far as the MTU is known.
 */
const fragmentSizeFor = (host: string | undefined): number =>
  host !== undefined && ipVersionOf(host) === 6 ? Fragments.ipv6FragmentSize : Fragments.maxFragmentSize

/** Plans a message to `host`, or to any host. Fails if the wire cannot carry it. */
export const planOf = (envelope: Envelope<unknown>, peer: string, host?: string): Effect.Effect<Plan, SessionError> =>
  Effect.map(
    Effect.flatMap(messageOf(envelope, peer, host), (message) => plan(message, peer)),
    ({ fragmentCount, fragmentSize }) => ({ fragments: fragmentCount, fragmentSize })
  )

/** The session of a client's connection. */
export const ofConnection = (connection: Connection): Session => {
  const peer = format(connection.peer)
  return {
    capabilities,
    peer: () => unauthenticated(connection.peer),
    channelBinding: undefined,
    established: connection.connected,
    isEstablished: connection.hasAnswered,
    ping: Effect.flatMap(Timing.stopwatch, (millis) => Effect.map(connection.probe, millis)),
    plan: (envelope) => planOf(envelope, peer, connection.peer.host),
    send: (envelope) =>
      Effect.flatMap(messageOf(envelope, peer, connection.peer.host), (message) =>
        Effect.map(
          connection.send(message, (size) => fragmentsOf(blocksOf(envelope, peer, Fragments.blockBytes(size)), size)),
          deliveryOf
        )),
    // A server of this wire sends no messages, and neither side opens streams: nothing arrives until the end.
    serve: () => Effect.asVoid(connection.closed),
    serveStreams: () => Effect.asVoid(connection.closed),
    openStream: noStreams(peer),
    openService: () => noStreams(peer),
    closed: connection.closed,
    isClosed: connection.isClosed,
    close: () => connection.leave,
    statistics: connection.statistics
  }
}

/** Cuts blocks into fragments, which are views of them unless a block ends within one. */
export const fragmentsOf = <E>(
  blocks: Stream.Stream<Uint8Array, E>,
  fragmentSize: number
): Stream.Stream<Uint8Array, E> =>
  Stream.suspend(() => {
    const cutter = new Cutter(fragmentSize)
    const cut = Stream.mapChunks(blocks, (chunk) =>
      Chunk.unsafeFromArray(Chunk.toReadonlyArray(chunk).flatMap((block) => cutter.push(block))))
    return Stream.concat(
      cut,
      Stream.suspend(() =>
        Stream.fromIterable(cutter.end())
      )
    )
  })

const messageOf = (
  { fragments = {}, kind, metadata, name = "", size }: Envelope<unknown>,
  peer: string,
  host: string | undefined
): Effect.Effect<Message, SessionError> => {
  if (kind !== "text" && kind !== "file") {
    return unsupported(peer, "Kind", `the classic wire carries texts and files only, not "${kind}"`)
  }
  if (metadata !== undefined) return unsupported(peer, "Metadata", "the classic wire carries no metadata")
  if (size === undefined) {
    return unsupported(peer, "Size", "the classic wire needs the size of a message before the first frame")
  }
  const problem = notWhole("size", size, 0)
  if (problem !== undefined) return unsupported(peer, "Envelope", problem)
  const { damage, fragmentSize = fragmentSizeFor(host) } = fragments
  return Effect.succeed({ kind, name, contentBytes: size, fragmentSize, damage })
}

const unsupported = (peer: string, detail: string, message: string): Effect.Effect<never, SessionError> =>
  new SessionError({ reason: "Unsupported", peer, detail, message })

const noStreams = (peer: string) => unsupported(peer, "Streams", "the classic wire has no streams")

const deliveryOf = (
  { confirmed, damaged, damagedNumbers, durationMillis, fragmentCount, fragmentSize, ...cost }: Effect.Effect.Success<
    ReturnType<Connection["send"]>
  >
): Delivery => ({
  receipt: undefined,
  confirmed,
  durationMillis,
  retransmissions: cost.retransmissions,
  limitedBy: undefined,
  fragments: { count: fragmentCount, fragmentSize, repeatedNumbers: cost.repeatedNumbers, damaged, damagedNumbers }
})

/** The session of a server with a peer. */
export const ofPeer = (peer: Peer): Session => {
  const name = format(peer.address)
  let ended: SessionError | undefined
  const closed = Effect.map(peer.closed, (error) => ended ??= error)
  const cannotSend = unsupported(name, "FromServer", "a server of the classic wire sends no messages")
  return {
    capabilities,
    peer: () => unauthenticated(peer.address),
    channelBinding: undefined,
    established: Effect.void,
    isEstablished: () => true,
    ping: cannotSend,
    plan: () => cannotSend,
    send: () => cannotSend,
    serve: (handle) => peer.serve((arriving) => handle(incomingOf(arriving, name))),
    serveStreams: () => Effect.asVoid(closed),
    openStream: noStreams(name),
    openService: () => noStreams(name),
    closed,
    isClosed: () => ended !== undefined,
    close: () => peer.leave,
    statistics: peer.statistics
  }
}

const incomingOf = (arriving: Arriving, peer: string): Incoming => {
  let reception: Reception = { damaged: 0, damagedNumbers: [], duplicates: 0, payloadSize: undefined }
  const noted = Effect.map(arriving.reception, (cost) => {
    reception = cost
  })
  return {
    kind: arriving.kind,
    name: arriving.name,
    size: undefined,
    leastBytes: leastBytesOf(arriving),
    metadata: undefined,
    plan: { fragments: arriving.fragmentCount, fragmentSize: arriving.fragmentSize },
    body: () => Stream.concat(arriving.blocks, Stream.drain(Stream.fromEffect(noted))),
    release: () => undefined,
    arrivedBytes: arriving.arrivedBytes,
    repeats: arriving.repeats,
    reception: () => reception,
    sha256: () => undefined,
    stream: () => noStreams(peer),
    accept: () => arriving.accept,
    refuse: () => arriving.refuse
  }
}

/** A lower bound for both dialects: all fragments but the last are full. */
const leastBytesOf = ({ fragmentCount, fragmentSize, nameFragments }: Arriving): number =>
  Math.max(0, fragmentCount - nameFragments - 1) * Math.max(1, fragmentSize - headerBytes)
