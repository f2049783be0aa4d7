/**
 * The handshake of the wire tcp (docs/PROTOCOL.md, tcp §3): Noise XX, or XXpsk3 with a pre-shared key, a record for each message. The
 * client is the initiator. Pure: it gets records, and returns records and what was agreed.
 */
import { gateBytes } from "../protocol/flock/handshake/HandshakePacket.ts"
import { decodeClient, encodeClient } from "../protocol/flock/handshake/HandshakePayload.ts"
import type { TransportParameters } from "../protocol/flock/wire/TransportParameters.ts"
import type { RecordProtection } from "../protocol/tcp/Records.ts"
import { decodeServer, encodeServer, type TcpParameters } from "../protocol/tcp/TcpPayload.ts"
import type * as Crypto from "./Crypto.ts"
import { keyBytes, tagBytes } from "./Crypto.ts"
import { gateOf } from "./Gate.ts"
import { noise, type NoiseState } from "./Noise.ts"
import type { FirstKeys } from "./NoiseHandshake.ts"
import { recordKeys } from "./RecordKeys.ts"

/** What both sides must agree on beside the messages. Another version of the wire has another one. */
export const prologue: Uint8Array = new TextEncoder().encode("holub tcp")

export interface TcpHandshakeOptions {
  readonly crypto: Crypto.Shape
  /** The static key pair of this side. */
  readonly local: Crypto.KeyPair
  /** A secret of 32 bytes that both sides have. */
  readonly psk?: Uint8Array | undefined
  /** Receives the keys of each session, for `--keylog`, when its handshake has ended. They are copies. */
  readonly onSecrets?: ((secrets: TcpSecrets) => void) | undefined
}

/** The first keys of a session, and the ephemeral key of its client: 32 bytes, the first ones of the first record of a recording. */
export interface TcpSecrets extends FirstKeys {
  readonly clientEphemeral: Uint8Array
}

/** The result of a handshake. */
export interface TcpAgreement {
  readonly protection: RecordProtection
  readonly peerKey: Uint8Array
  /** The hash of the handshake, 32 bytes (Noise §11.2). */
  readonly channelBinding: Uint8Array
  /** The parameters of the peer. */
  readonly peer: TransportParameters
}

/**
 * Bytes of the first record: the first message, a public key; with a pre-shared key also the tag of its empty payload, and after it a gate,
 * because Noise uses the pre-shared key in the third message only.
 */
export const firstRecordBytes = (psk: Uint8Array | undefined): number =>
  keyBytes + (psk === undefined ? 0 : tagBytes + gateBytes)

/** The first message in a first record; undefined where the gate shows that its sender has not the pre-shared key. */
const admitted = ({ crypto, psk }: TcpHandshakeOptions, record: Uint8Array): Uint8Array | undefined => {
  if (psk === undefined) return record
  const message = record.subarray(0, Math.max(0, record.length - gateBytes))
  return gateOf(crypto, psk).admits(prologue, message, record.subarray(message.length)) ? message : undefined
}

const empty = new Uint8Array(0)

/** The client's side: `first` is sent at once; the answer gives the agreement, and the message that completes it. */
export interface TcpClientHandshake {
  readonly first: Uint8Array
  /** Reads the second message, once; undefined when it is malformed or not authentic. */
  readonly read: (message: Uint8Array) => TcpServerAnswer | undefined
  /** Overwrites the secrets of a handshake that is given up. */
  readonly free: () => void
}

/** The server has proved to have `peerKey`; it gets no byte of this side before `accept`. */
export interface TcpServerAnswer {
  readonly peerKey: Uint8Array
  readonly nextKey: Uint8Array | undefined
  /** Ends the handshake. `last` is sent before any other record. */
  readonly accept: () => { readonly agreement: TcpAgreement; readonly last: Uint8Array }
}

export const tcpClientHandshake = (
  { isIdentity, parameters, ...options }: TcpHandshakeOptions & {
    /** Whether the key of this side is one that it keeps. */
    readonly isIdentity: boolean
    readonly parameters: TcpParameters
  }
): TcpClientHandshake => {
  const { crypto, psk } = options
  const { message, next } = noise({ ...options, role: "initiator", prologue }).write(empty)
  return {
    first: psk === undefined ? message : Uint8Array.of(...message, ...gateOf(crypto, psk).of(prologue, message)),
    read: (second) => {
      const reading = next.read(second)
      if (reading === undefined) return undefined
      const payload = decodeServer(reading.payload)
      const { peerKey } = reading.next
      if (payload === undefined || peerKey === undefined) {
        reading.next.free()
        return undefined
      }
      return {
        peerKey,
        nextKey: payload.nextKey,
        accept: () => {
          const { message: last, next: done } = reading.next.write(encodeClient({ isIdentity, parameters }))
          return {
            last,
            agreement: agreed(options, message, done, { peerKey, peer: payload.parameters, isClient: true })
          }
        }
      }
    },
    free: next.free
  }
}

/** The server's side, from the answer to the first message on. */
export interface TcpServerHandshake {
  /** The second message. */
  readonly second: Uint8Array
  /** Reads the third message, once; undefined when it is malformed or not authentic. */
  readonly read: (message: Uint8Array) => { readonly agreement: TcpAgreement; readonly isIdentity: boolean } | undefined
  readonly free: () => void
}

/** Reads the first record, and answers it; undefined when it is none: of another length, with a payload, or without the shared key. */
export const tcpServerHandshake = (
  { nextKey, parameters, ...options }: TcpHandshakeOptions & {
    /** The key that will replace the server's key. */
    readonly nextKey: Uint8Array | undefined
    readonly parameters: TcpParameters
  },
  record: Uint8Array
): TcpServerHandshake | undefined => {
  const message = admitted(options, record)
  if (message === undefined) return undefined
  const state = noise({ ...options, role: "responder", prologue })
  const reading = state.read(message)
  if (reading === undefined || reading.payload.length > 0) {
    state.free()
    return undefined
  }
  const { message: second, next } = reading.next.write(encodeServer(nextKey, parameters))
  return {
    second,
    read: (last) => {
      const end = next.read(last)
      const payload = end === undefined ? undefined : decodeClient(end.payload)
      const peerKey = end?.next.peerKey
      if (end === undefined || payload === undefined || peerKey === undefined) return undefined
      return {
        isIdentity: payload.isIdentity,
        agreement: agreed(options, message, end.next, { peerKey, peer: payload.parameters, isClient: false })
      }
    },
    free: next.free
  }
}

/** `first` is the first message. */
const agreed = (
  { crypto, onSecrets }: TcpHandshakeOptions,
  first: Uint8Array,
  state: NoiseState,
  { isClient, peer, peerKey }: Pick<TcpAgreement, "peer" | "peerKey"> & { readonly isClient: boolean }
): TcpAgreement => {
  const channelBinding = state.handshakeHash
  const { initiator, responder } = state.split()
  onSecrets?.({
    clientEphemeral: first.slice(0, keyBytes),
    clientToServer: initiator.slice(),
    serverToClient: responder.slice()
  })
  const [sealKey, openKey] = isClient ? [initiator, responder] : [responder, initiator]
  return { protection: recordKeys({ crypto, sealKey, openKey }), peerKey, channelBinding, peer }
}
