/** Runs codecs in tests: what reads become, as text. */
import type { Codec, Decoded, Framing, Message } from "../../../src/protocol/framing/Framing.ts"
import { parse } from "../../../src/protocol/framing/FramingName.ts"

export type Bytes = string | Uint8Array

export const bytesOf = (bytes: Bytes): Uint8Array =>
  typeof bytes === "string" ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes)

export const textOf = ({ bytes, type }: Message): string =>
  `${type === undefined ? "" : `${type}:`}${new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)}`

/** The framing of a text that is correct. */
export const framingOf = (text: string): Framing => {
  const framing = parse(text)
  if (typeof framing === "string") throw new Error(framing)
  return framing
}

/** Messages as texts; a failure as its reason, behind them. */
export const textsOf = ({ failure, messages }: Decoded): ReadonlyArray<string> =>
  failure === undefined ? messages.map(textOf) : [...messages.map(textOf), failure.reason]

/** What a codec delivers for a read; each read is a copy, because it belongs to the codec. */
export const read = (codec: Codec, bytes: Bytes, now = 0): ReadonlyArray<string> =>
  textsOf(codec.handleBytes(bytesOf(bytes), now))

/** What a connection with these reads delivers: for each read, and for its end. */
export const connection = (framing: Framing, reads: ReadonlyArray<Bytes>, messageBytes?: number) => {
  const codec = framing.open(messageBytes)
  return [...reads.map((bytes) => read(codec, bytes)), textsOf(codec.handleEnd())]
}

/** The encoded text of a message; undefined if the framing cannot carry it. */
export const sent = (codec: Codec, bytes: Bytes, type?: number): string | undefined => {
  const encoded = codec.encode({ bytes: bytesOf(bytes), type })
  return encoded === undefined ? undefined : Buffer.from(encoded).toString("latin1")
}

/** Bytes from hex digits. */
export const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"))
