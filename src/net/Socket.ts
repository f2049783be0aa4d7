/**
 * The datagram service of every wire. Sockets send and receive runs: 1 to 64 datagrams of one length in one buffer, because
 * a kernel moves a run almost as fast as one datagram. A socket that cannot do this sends the run datagram by datagram; the
 * caller sees no difference. This module knows addresses and datagrams, not frames or packets.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Limits from "../protocol/ProtocolLimits.ts"
import type { Address } from "./Address.ts"
import { datagramBytes } from "./NetLimits.ts"

export const Reason = Schema.Literal(
  "AddressInUse",
  "AddressNotAvailable",
  "Denied",
  "HostNotFound",
  /** A broadcast, multicast or wildcard address, or port 0, where one machine is needed. */
  "NotUnicast",
  /** A link-local address without the name of an interface of this machine. */
  "InvalidZone",
  "Refused",
  /** The peer has reset a connection of TCP. */
  "Reset",
  "Unreachable",
  "TooLarge",
  "TooManyOpen",
  "Io"
)
export type Reason = typeof Reason.Type

/** A socket could not be opened, or the network refused a datagram. `address` is the address or name concerned. */
export class SocketError extends Schema.TaggedError<SocketError>()("SocketError", {
  reason: Reason,
  address: Schema.String,
  /** What happened, as a sentence without a full stop. */
  message: Schema.String,
  cause: Schema.optional(Schema.Defect)
}) {}

/**
 * The address of a peer, and the local address at which the peer reaches this host. An answer that is sent to the path of a
 * received run leaves from the address that the peer has used, also where a socket has several addresses.
 */
export interface Path extends Address {
  /** A literal IP address. Undefined: the socket's own, or the one that the kernel chooses. */
  readonly local?: string | undefined
}

/** Datagrams of one sender, in order: all of one length, only the last may be shorter. */
export interface Run {
  /** Valid until the handler returns: the socket fills the buffer again afterwards. Never empty. */
  readonly bytes: Uint8Array
  readonly from: Path
  /** The length of each datagram but the last, in bytes. Undefined where the kernel merged them: only the packets can tell. */
  readonly segmentBytes: number | undefined
}

/** The datagrams of a run, as views. `segmentBytesOf` gives the length of the first datagram of a run that the kernel merged. */
export const cut = (run: Run, segmentBytesOf: (bytes: Uint8Array) => number): ReadonlyArray<Uint8Array> => {
  const { bytes } = run
  const segmentBytes = run.segmentBytes ?? segmentBytesOf(bytes)
  // A false length in a packet costs its sender the run; it never causes an endless loop.
  if (!(segmentBytes > 0) || segmentBytes >= bytes.length || segmentBytes * Limits.runDatagrams < bytes.length) {
    return [bytes]
  }
  return Array.from(
    { length: Math.ceil(bytes.length / segmentBytes) },
    (_, index) => bytes.subarray(index * segmentBytes, (index + 1) * segmentBytes)
  )
}

/** Called synchronously, in the turn of the event loop in which the event occurred. No function may throw or wait. */
export interface Handler {
  readonly onRun: (run: Run) => void
  /** After one or more runs: all datagrams that had arrived were delivered. A handler that answers a batch answers here. */
  readonly onPause?: (() => void) | undefined
  /**
   * The network's later answer to a send, such as `Refused`, or an error of the socket. The socket stays usable.
   * `segmentBytes` is the length of the datagrams that a refused send had; `TooLarge` means that this length is too large.
   */
  readonly onError: (error: SocketError, segmentBytes: number | undefined) => void
  /** After a send returned `Full`: there is room again. Never called within that send. */
  readonly onDrain?: (() => void) | undefined
}

/**
 * Writes datagrams one after another at the start of `target`, each of the segment length, only the last shorter, and returns
 * the number of bytes; 0 for none. `target` has room for one run.
 */
export type Fill = (target: Uint8Array) => number

/** Writes `bytes`, as one datagram or as a run. */
export const copyOf = (bytes: Uint8Array): Fill => (target) => {
  target.set(bytes)
  return bytes.length
}

/** `Full`: the kernel has not taken earlier sends yet; `fill` was not called, and `onDrain` follows. */
export type Sent = "Sent" | "Nothing" | "Full"

/** The size in bytes of the largest run of datagrams of that length; without a length, of one datagram. */
export const runBytes = (segmentBytes: number | undefined): number =>
  segmentBytes === undefined
    ? datagramBytes
    : segmentBytes * Math.max(1, Math.min(Limits.runDatagrams, Math.floor(Limits.runBytes / segmentBytes)))

/** Whether the kernel cuts and merges runs, or the reason why it does not. */
export type Offload = { readonly isOn: true } | { readonly isOn: false; readonly reason: string }

/** The kernel gave a smaller buffer than requested: bursts beyond it are lost. */
export interface SmallBuffer {
  readonly direction: "receive" | "send"
  readonly askedBytes: number
  readonly givenBytes: number
  /** The name of the system setting that limits the buffer, where there is one. */
  readonly setting: string | undefined
  /** The remedy, as a sentence without a full stop. */
  readonly message: string
}

/** Counted since the socket was opened. */
export interface Counters {
  readonly sentDatagrams: number
  readonly sentBytes: number
  /** Datagrams that the kernel refused; `onError` is called once for each run. */
  readonly refusedDatagrams: number
  /** Sends that returned `Full`. */
  readonly fullSends: number
  readonly receivedRuns: number
  readonly receivedBytes: number
  /** Messages, whole runs where runs are merged, that arrived when the kernel's buffer was full. Undefined where the kernel does not count them. */
  readonly droppedMessages: number | undefined
}

/** The counters of a socket that has sent and received nothing. */
export const noCounters: Counters = {
  sentDatagrams: 0,
  sentBytes: 0,
  refusedDatagrams: 0,
  fullSends: 0,
  receivedRuns: 0,
  receivedBytes: 0,
  droppedMessages: undefined
}

/** An open socket; its scope closes it. */
export interface Bound {
  /** The address as it was bound: a wildcard stays one. */
  readonly local: Address
  /**
   * Sends a run to one peer, from `to.local` if that is given. Datagrams of `segmentBytes` bytes; undefined: one datagram of
   * at most `NetLimits.datagramBytes`. `fill` writes into a buffer of the socket. It never fails: UDP may lose datagrams.
   */
  readonly send: (to: Path, segmentBytes: number | undefined, fill: Fill) => Sent
  /** Whether a datagram larger than the path's MTU is refused or lost; otherwise the kernel fragments it, and it arrives. */
  readonly discoversMtu: boolean
  /** A network device without offload can switch it off later. */
  readonly offload: () => Offload
  /**
   * The kernel's buffer for received datagrams. Linux includes its own overhead: it holds about as many bytes of datagrams
   * of 1,200 bytes or more, twice as many in runs, a quarter of datagrams of 100 bytes.
   */
  readonly receiveBufferBytes: number
  readonly smallBuffers: ReadonlyArray<SmallBuffer>
  readonly counters: () => Counters
}

/** How a socket takes part in a multicast group. */
export interface Multicast {
  /** The name or an address of the network interface, such as `eth0` or `127.0.0.1`. Undefined: the kernel's choice. */
  readonly interface?: string | undefined
}

export interface SocketOptions {
  /**
   * `forbidden`: datagrams are never fragmented and runs may be merged, for a wire that discovers the path's MTU. `allowed`:
   * the kernel may fragment datagrams, and each run that arrives is one datagram. Default: `forbidden`.
   */
  readonly fragmentation?: "allowed" | "forbidden" | undefined
  /**
   * Only for `bind`, at the address of a group (224.0.0.0/4, ff00::/8): the socket receives the datagrams to this group and port, and
   * its datagrams to the group leave by the interface with TTL 1, so that no router passes them on. They reach every socket of the
   * group on this machine, **also the sender's own**. Several programs of a machine can bind the same group and port. Datagrams
   * may be fragmented, as with `fragmentation: "allowed"`.
   */
  readonly multicast?: Multicast | undefined
}

export interface Shape {
  /** The addresses of a name, in the order in which to try them. Fails with `HostNotFound`. */
  readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>, SocketError>
  /**
   * A socket at a local address for any peer; port 0 lets the system choose. No other program can bind the same address. At a
   * wildcard (`0.0.0.0` for IPv4, `::` for both families) it serves every address that an interface of this host lists.
   */
  readonly bind: (
    local: Address,
    handler: Handler,
    options?: SocketOptions
  ) => Effect.Effect<Bound, SocketError, Scope.Scope>
  /** A socket for one peer. Only such a socket receives `Refused`. */
  readonly connect: (
    peer: Address,
    handler: Handler,
    options?: SocketOptions
  ) => Effect.Effect<Bound, SocketError, Scope.Scope>
}

export class Socket extends Context.Tag("holub/Socket")<Socket, Shape>() {}
