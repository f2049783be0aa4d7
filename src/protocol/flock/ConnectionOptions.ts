/** What a session is created with: mostly the result of its handshake. */
import type { Congestion } from "./congestion/Congestion.ts"
import type { Protection } from "./handshake/Protection.ts"
import type { Path } from "./path/PathValidation.ts"
import type { ServerBudget } from "./streams/ServerBudget.ts"
import type { Role } from "./streams/Stream.ts"
import type { TransportParameters } from "./wire/TransportParameters.ts"

export interface ConnectionOptions {
  readonly role: Role
  /** Connection ids in packets to us, and in packets to the peer. */
  readonly localId: number
  readonly remoteId: number
  readonly local: TransportParameters
  readonly peer: TransportParameters
  readonly protection: Protection
  /** Makes the congestion controller, and another one when the session moves to another host, whose round trip is not known. */
  readonly makeCongestion: (now: number, roundTripMillis: number | undefined) => Congestion
  readonly path: Path
  /** Largest datagram that the network interface accepts, in bytes of UDP payload. */
  readonly maxDatagramBytes: number
  /** Returns numbers in [0, 1); they must be unpredictable, because path challenges are made of them (RFC 9000 §8.2.1). */
  readonly random: () => number
  /** Round trip of the handshake; undefined when a retransmission makes the measurement ambiguous (docs/PROTOCOL.md, flock §3.2). */
  readonly roundTripMillis: number | undefined
  /** HELLO3, on a client: it precedes DATA until the server's first DATA packet arrives. */
  readonly prefix?: Uint8Array
  /** Whether this side sends keep-alives (docs/PROTOCOL.md, flock §10.1). */
  readonly isKeptAlive: boolean
  /** What the session shares with the others of its server; undefined on a client. */
  readonly budget?: ServerBudget | undefined
  /** On a client: the token with which its server says that it has forgotten the session, 16 bytes (docs/PROTOCOL.md, flock §10.3). */
  readonly resetToken?: Uint8Array | undefined
  /** Upper bound of the sending rate, in bytes of UDP payload per millisecond; Infinity for none. */
  readonly limitBytesPerMilli: number
}
