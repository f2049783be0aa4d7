/** The options of sessions over TCP, and the parameters of this side that follow from them. */
import * as Redacted from "effect/Redacted"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { TcpParameters } from "../../protocol/tcp/TcpPayload.ts"
import { keyBytes } from "../../security/Crypto.ts"
import type { TcpSecrets } from "../../security/TcpHandshake.ts"
import { notWhole, outOfRange } from "../OptionRange.ts"
import type { PlacesOptions } from "../streams/ServerPlaces.ts"

export interface TcpOptions extends PlacesOptions {
  /** A secret of 32 bytes: a server answers only clients that have it too. */
  readonly psk?: Redacted.Redacted<Uint8Array> | undefined
  /** Receives the keys of each session: a recording can be read with them. They belong to the receiver. */
  readonly onSecrets?: ((secrets: TcpSecrets) => void) | undefined
  /** The idle timeout of a session, in milliseconds. A server remembers a silent client for 2.25 times as long. Default: 30 s. */
  readonly idleTimeoutMillis?: number | undefined
  /** The time for a client to connect, and for its handshake, in milliseconds. Default: 10 s. */
  readonly handshakeMillis?: number | undefined
  /** Handshakes a second that a server begins. Default: 500. */
  readonly handshakesPerSecond?: number | undefined
}

/** Which of the options is out of its range, if one is. */
export const problemOf = (options: TcpOptions): string | undefined =>
  (options.psk === undefined || Redacted.value(options.psk).length === keyBytes
    ? undefined
    : `psk must have ${keyBytes} bytes`) ??
    notWhole("idleTimeoutMillis", options.idleTimeoutMillis, 1) ??
    outOfRange("handshakeMillis", options.handshakeMillis, 1) ??
    notWhole("sessions", options.sessions, 1) ??
    notWhole("handshakesPerSecond", options.handshakesPerSecond, 1) ??
    notWhole("receiveCreditBytes", options.receiveCreditBytes, Limits.leastSessionWindowBytes)

/** The pre-shared key, which belongs to the options. */
export const pskOf = ({ psk }: TcpOptions): Uint8Array | undefined =>
  psk === undefined ? undefined : Redacted.value(psk)

/** The parameters of this side, with so many bytes for all streams together. */
export const parametersOf = (
  { idleTimeoutMillis = Limits.idleTimeoutMillis }: TcpOptions,
  maxData: number = Limits.firstSessionWindowBytes
): TcpParameters => ({
  idleTimeoutMillis,
  maxData,
  maxStreamData: Limits.firstStreamWindowBytes,
  maxStreams: Limits.openStreams,
  maxAckDelayMicros: Limits.ackDelayMillis * 1000
})
