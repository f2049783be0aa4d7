/**
 * The datagram service for speed: it takes and hands over runs, several datagrams of one length in one buffer, because the
 * kernel moves a run almost as fast as one datagram. Where it cannot, a run is sent one by one, and the caller sees no
 * difference. It knows addresses and datagrams, nothing of packets.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Limits from "../protocol/ProtocolLimits.ts"
import type { Address } from "./Address.ts"
import type { SocketError } from "./Socket.ts"

/** Datagrams of one sender, one after another: all of one length, only the last may be shorter. */
export interface Run {
  /** The receiver's own: no one else writes there later. Never empty. */
  readonly bytes: Uint8Array
  readonly from: Address
  /** The length of each datagram but the last. Undefined where the kernel has merged them: then only the packets can tell. */
  readonly stride: number | undefined
}

/** The datagrams of a run, as views. `strideOf` gives the length of the first one, for a run that the kernel has merged. */
export const cut = (run: Run, strideOf: (bytes: Uint8Array) => number): ReadonlyArray<Uint8Array> => {
  const { bytes } = run
  const stride = run.stride ?? strideOf(bytes)
  // A length that a stranger has made up costs him his run, and nobody a loop without end.
  if (!(stride > 0) || stride >= bytes.length || stride * Limits.runDatagrams < bytes.length) return [bytes]
  return Array.from(
    { length: Math.ceil(bytes.length / stride) },
    (_, index) => bytes.subarray(index * stride, (index + 1) * stride)
  )
}

/** Called in the turn of the event loop in which something happened. None may throw or wait. */
export interface Handler {
  readonly onRun: (run: Run) => void
  /** After one or more runs: what had come is handed over, and now is the time to answer all of it at once. */
  readonly onPause: () => void
  /**
   * The network's later answer, such as `Refused`. The socket stays usable. `datagramBytes` is the length of the datagrams
   * that it is about, for an answer to a send: what is `TooLarge` says so of that length.
   */
  readonly onError: (error: SocketError, datagramBytes: number | undefined) => void
  /** After a send was `Full`: there is room again. Never in the turn of that send. */
  readonly onDrain: () => void
}

/**
 * Writes datagrams one after another at the start of `target`, each of the length asked for, only the last shorter, and
 * returns how many bytes they are together; 0 for none. `target` has room for as many as one run takes.
 */
export type Fill = (target: Uint8Array) => number

/** `Full`: `fill` was not called, as the kernel has not yet taken what was sent before; `onDrain` follows. */
export type Sent = "Sent" | "Nothing" | "Full"

/** How many bytes one run of datagrams of that length holds at most. */
export const runBytes = (datagramBytes: number): number =>
  datagramBytes * Math.max(1, Math.min(Limits.runDatagrams, Math.floor(Limits.runBytes / datagramBytes)))

/** Whether the kernel cuts and merges runs, or why it does not. */
export type Offload = { readonly isOn: true } | { readonly isOn: false; readonly reason: string }

/** The kernel gave a smaller buffer than was asked for: bursts beyond it are lost. */
export interface SmallBuffer {
  readonly direction: "receive" | "send"
  readonly askedBytes: number
  readonly givenBytes: number
  /** The system's setting that has to be raised, where it has a name. */
  readonly setting: string | undefined
  /** What to do about it, as a sentence without a full stop. */
  readonly message: string
}

/** Counted since the socket was opened. */
export interface Counters {
  readonly sentDatagrams: number
  readonly sentBytes: number
  /** Those that the kernel did not take, each told by `onError` once a run. */
  readonly refusedDatagrams: number
  /** Sends that were `Full`. */
  readonly fullSends: number
  readonly receivedRuns: number
  readonly receivedBytes: number
  /** Messages, whole runs where runs are merged, that arrived when the kernel's buffer was full. Undefined where it does not tell. */
  readonly droppedMessages: number | undefined
}

/** An open socket; its scope closes it. */
export interface Bound {
  readonly local: Address
  /** Sends a run to one peer, written into a buffer of the socket's own. Never fails: UDP may lose. */
  readonly send: (to: Address, datagramBytes: number, fill: Fill) => Sent
  /** Whether a datagram that is larger than the path takes is refused or lost: otherwise the kernel fragments it, and it arrives. */
  readonly discoversMtu: boolean
  /** It can be switched off later, by a network device that cannot do it. */
  readonly offload: () => Offload
  /**
   * What the kernel gave to hold what has arrived and was not yet handed over. Linux counts its own bookkeeping in: it holds
   * about as many bytes of datagrams of 1,200 bytes or more, twice as many in runs, a quarter of datagrams of 100 bytes.
   */
  readonly receiveBufferBytes: number
  readonly smallBuffers: ReadonlyArray<SmallBuffer>
  readonly counters: () => Counters
}

export interface Shape {
  /** The addresses of a name, in the order in which to try them. Fails with `HostNotFound`. */
  readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>, SocketError>
  /** A socket at a local address for any peer; port 0 lets the system choose. No other program can bind the same address. */
  readonly bind: (local: Address, handler: Handler) => Effect.Effect<Bound, SocketError, Scope.Scope>
  /** A socket for one peer, which hears refusals. */
  readonly connect: (peer: Address, handler: Handler) => Effect.Effect<Bound, SocketError, Scope.Scope>
}

export class BatchSocket extends Context.Tag("holub/BatchSocket")<BatchSocket, Shape>() {}
