/** The options of a session, the transport parameters that follow from them, and the connection of an agreement. */
import * as Redacted from "effect/Redacted"
import { isLoopback } from "../../net/Address.ts"
import type { Bound } from "../../net/Socket.ts"
import type { Name as CongestionName } from "../../protocol/flock/congestion/Congestion.ts"
import { names as congestionNames } from "../../protocol/flock/congestion/Congestion.ts"
import * as Controllers from "../../protocol/flock/congestion/Controllers.ts"
import { Connection } from "../../protocol/flock/Connection.ts"
import type { Agreement, ClientAgreement } from "../../protocol/flock/handshake/ClientHandshake.ts"
import type { Path } from "../../protocol/flock/path/PathValidation.ts"
import type { ServerBudget } from "../../protocol/flock/streams/ServerBudget.ts"
import type { Role } from "../../protocol/flock/streams/Stream.ts"
import { connectionIds } from "../../protocol/flock/wire/Packet.ts"
import type { TransportParameters } from "../../protocol/flock/wire/TransportParameters.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { notWhole, outOfRange, unknownName } from "../OptionRange.ts"
import type { PlacesOptions } from "../streams/ServerPlaces.ts"
import type { SecurityOptions } from "./HandshakeKeys.ts"

export interface SessionOptions extends SecurityOptions, PlacesOptions {
  /** The congestion controller. Default: `bbr`. */
  readonly congestion?: CongestionName | undefined
  /** The largest datagram to try, in bytes of UDP payload; at least 1,200. Default: the path MTU. */
  readonly maxDatagramBytes?: number | undefined
  /** The maximum rate of each session, in bytes of UDP payload per second. Default: no limit. */
  readonly limitBytesPerSecond?: number | undefined
  /**
   * The idle timeout of a session, in milliseconds (RFC 9000 §10.1). A server remembers a silent client for 2.25 times as
   * long. Default: 30 s.
   */
  readonly idleTimeoutMillis?: number | undefined
  /** The handshake timeout of a client, in milliseconds. Default: 10 s. */
  readonly handshakeMillis?: number | undefined
  /** Handshakes a second that a server begins while it asks for tokens (docs/PROTOCOL.md, flock §3.6). Default: 500. */
  readonly handshakesPerSecond?: number | undefined
}

/** Which of the options is out of its range, if one is. */
export const problemOf = (options: SessionOptions): string | undefined =>
  unknownName("protection", options.protection, ["aead", "crc"]) ??
    pskProblem(options.protection, options.psk) ??
    unknownName("congestion", options.congestion, congestionNames) ??
    notWhole("maxDatagramBytes", options.maxDatagramBytes, Limits.leastDatagramBytes, Limits.runBytes) ??
    outOfRange("limitBytesPerSecond", options.limitBytesPerSecond, 1) ??
    notWhole("idleTimeoutMillis", options.idleTimeoutMillis, 1) ??
    outOfRange("handshakeMillis", options.handshakeMillis, 1) ??
    notWhole("sessions", options.sessions, 1) ??
    notWhole("handshakesPerSecond", options.handshakesPerSecond, 1) ??
    notWhole("receiveCreditBytes", options.receiveCreditBytes, Limits.leastSessionWindowBytes)

const pskProblem = (protection: SessionOptions["protection"], psk: SessionOptions["psk"]): string | undefined =>
  psk === undefined
    ? undefined
    : protection === "crc"
    ? "psk must not be given with the protection crc, which has no keys"
    : Redacted.value(psk).length === 32
    ? undefined
    : "psk must have 32 bytes"

/**
 * The transport parameters of this side. `sharers` is the number of sessions that share the socket's receive buffer:
 * later sessions get a smaller share.
 */
export const parametersOf = (
  { idleTimeoutMillis }: SessionOptions,
  bound: Pick<Bound, "receiveBufferBytes">,
  sharers = 1
): TransportParameters => ({
  idleTimeoutMillis: idleTimeoutMillis ?? Limits.idleTimeoutMillis,
  maxDatagramBytes: Limits.runBytes,
  maxData: Limits.firstSessionWindowBytes,
  maxStreamData: Limits.firstStreamWindowBytes,
  maxStreams: Limits.openStreams,
  maxAckDelayMicros: Limits.ackDelayMillis * 1000,
  receiveBufferBytes: shareOf(bound.receiveBufferBytes, sharers)
})

const shareOf = (bytes: number, sharers: number): number =>
  Math.max(Math.floor(bytes / sharers), Math.min(bytes, Limits.sharedBufferBytes))

export interface Place {
  readonly role: Role
  readonly path: Path
  readonly local: TransportParameters
  readonly bound: Bound
  readonly random: () => number
  /** What the sessions of a server share. */
  readonly budget?: ServerBudget
}

export const connectionOf = (
  { prefix, resetToken, ...agreement }: Agreement & Partial<Pick<ClientAgreement, "prefix" | "resetToken">>,
  { bound, budget, local, path, random, role }: Place,
  options: SessionOptions,
  now: number
): Connection =>
  new Connection({
    ...agreement,
    ...(prefix === undefined ? {} : { prefix }),
    resetToken,
    role,
    local,
    budget,
    path,
    random,
    makeCongestion: (at, roundTripMillis) =>
      Controllers.make(
        options.congestion ?? "bbr",
        { maxDatagramBytes: Limits.leastDatagramBytes, roundTripMillis, random },
        at
      ),
    maxDatagramBytes: options.maxDatagramBytes ?? largestDatagram(bound, path),
    limitBytesPerMilli: (options.limitBytesPerSecond ?? Infinity) / 1000,
    isKeptAlive: role === "client"
  }, now)

/**
 * The largest datagram for MTU discovery, in bytes. If the kernel fragments datagrams, larger probes would succeed
 * without a measurement: then it is the size for Ethernet.
 */
const largestDatagram = (bound: Bound, { host }: Path): number =>
  bound.discoversMtu || isLoopback(host) ? Limits.runBytes : Limits.ethernetDatagramBytes

/** Makes a generator of unpredictable numbers in [0, 1). */
export const secureRandom = (): () => number => {
  const words = new Uint32Array(512)
  let at = words.length
  return () => {
    if (at >= words.length) {
      globalThis.crypto.getRandomValues(words)
      at = 0
    }
    const high = (words[at] ?? 0) >>> 11
    const low = words[at + 1] ?? 0
    at += 2
    return (high * 2 ** 32 + low) / connectionIds
  }
}

/** Draws a connection id: below 2⁵³, and not 0. */
export const drawId = (random: () => number): number => 1 + Math.floor(random() * (connectionIds - 1))
