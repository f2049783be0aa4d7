/** The events that transports and rooms publish on the EventBus. */
import type { Frame as ClassicFrame } from "../protocol/classic/ClassicFrame.ts"
import type { Frame as FlockFrame } from "../protocol/flock/wire/Frame.ts"
import type { FormName } from "../protocol/flock/wire/Packet.ts"
import type { WireName } from "../protocol/WireName.ts"
import type { ServiceEvent } from "./ServiceEvents.ts"
import type { Statistics } from "./Statistics.ts"

export type Direction = "sent" | "received"

/** A datagram of the classic wire. `frame` and `bytes` are views: valid within the turn only. */
export interface ClassicPacket {
  readonly _tag: "Packet"
  readonly wire: "classic"
  readonly direction: Direction
  /** `host:port` of the other side. */
  readonly peer: string
  /** Undefined when the datagram is no frame. */
  readonly frame: ClassicFrame | undefined
  /** Whether its CRC is right; true for kinds that have none. */
  readonly isIntact: boolean
  /** The whole datagram. */
  readonly bytes: Uint8Array
}

/** A packet of flock, or a record of tcp. `frames` and `bytes` are views: valid within the turn only. */
export interface FlockPacket {
  readonly _tag: "Packet"
  readonly wire: "flock" | "tcp"
  readonly direction: Direction
  /** `host:port` of the other side. */
  readonly peer: string
  /** Undefined when it is no packet: of no known form, or cut short. `bytes` is the rest of its datagram then. On tcp DATA. */
  readonly kind: FormName | undefined
  /** Of DATA: the low 32 bits of its number, as they are on the wire of flock. */
  readonly packetNumber: number | undefined
  /** Whether its tag is right. */
  readonly isIntact: boolean
  /** Of DATA that is intact and well-formed, without PADDING. */
  readonly frames: ReadonlyArray<FlockFrame> | undefined
  /** The whole packet; of a record its plaintext, or what cannot be decrypted. */
  readonly bytes: Uint8Array
}

export type Packet = ClassicPacket | FlockPacket

/** Something about a peer that the transport found out, and that ends nothing: the network may have forged it. */
export interface PeerHint {
  readonly _tag: "PeerHint"
  /** `host:port`. */
  readonly peer: string
  /** The wire that the peer speaks: another than this one. */
  readonly speaks: WireName
}

/** A server has closed a session because the key of its client is not one of those that it allows. */
export interface ClientNotAllowed {
  readonly _tag: "ClientNotAllowed"
  /** `host:port`. */
  readonly peer: string
  /** The public key (X25519, 32 bytes) of the client's identity; undefined for an anonymous client, whose key changes. */
  readonly key: Uint8Array | undefined
}

/** A session, as its events know it. */
interface OfSession {
  /** Distinguishes the sessions of this process. */
  readonly id: number
  readonly wire: WireName
  readonly role: "client" | "server"
  /** `host:port` of the peer when the session began; it may move later. */
  readonly peer: string
}

/** The first answer of a server has arrived, or a client was admitted. */
export interface SessionOpened extends OfSession {
  readonly _tag: "SessionOpened"
  /** Reads the statistics, until the session is closed. */
  readonly statistics: () => Statistics
}

/** A session that was opened has ended, on either side. */
export interface SessionClosed extends OfSession {
  readonly _tag: "SessionClosed"
  /** The reason of the SessionError. */
  readonly reason: string
  /** The last ones. */
  readonly statistics: Statistics
}

/** A listener accepts sessions from now on. */
export interface ListenerOpened {
  readonly _tag: "ListenerOpened"
  /** Distinguishes the listeners of this process. */
  readonly id: number
  readonly wire: WireName
  /** `host:port`. */
  readonly local: string
  /** Reads its counters: what was dropped before there was a session, and what was refused. */
  readonly counters: () => Readonly<Record<string, number>>
}

/** A listener has ended. */
export interface ListenerClosed {
  readonly _tag: "ListenerClosed"
  readonly id: number
}

/** A defect of this program: it has ended a session or dropped a packet. Other sessions continue. */
export interface Defect {
  readonly _tag: "Defect"
  readonly wire: WireName
  /** `host:port`. */
  readonly peer: string
  /** What was thrown. */
  readonly cause: unknown
}

/** Every event but packets. It can be kept. */
export type LastingEvent =
  | PeerHint
  | ClientNotAllowed
  | SessionOpened
  | SessionClosed
  | ListenerOpened
  | ListenerClosed
  | Defect
  | ServiceEvent

export type TransportEvent = Packet | LastingEvent
