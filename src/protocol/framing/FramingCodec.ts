/** The part of a codec that is the same in all framings: it ends with its first failure or with its input. */
import type { Codec, Decoded, FramingFailure, Message } from "./Framing.ts"

/** A function of a decoder: it appends messages and returns why the input cannot be isolated any more. */
export type Step<A extends ReadonlyArray<unknown>> = (
  messages: Array<Message>,
  ...input: A
) => FramingFailure | undefined

/** The input of one connection. No function is called after a failure or after `handleEnd`. */
export interface Decoder {
  readonly handleBytes: Step<[bytes: Uint8Array, now: number]>
  readonly handleEnd: Step<[]>
  /** Only with a deadline. */
  readonly handleTimeout?: Step<[now: number]>
  readonly deadline?: number
}

/** The output of a connection, as in `Codec`. */
export interface Encoder {
  readonly encoding: string
  readonly delimits: boolean
  readonly encode: (message: Message) => Uint8Array | undefined
}

/** The codec of a decoder. `encoder` is read anew for each message. */
export const codec = (decoder: Decoder, encoder: () => Encoder): Codec => {
  let isOver = false
  const decoded = (messages: ReadonlyArray<Message>, failure: FramingFailure | undefined): Decoded => {
    if (failure === undefined) return { messages }
    isOver = true
    return { messages, failure }
  }
  return {
    handleBytes: (bytes, now) => {
      if (isOver) return nothing
      const messages: Array<Message> = []
      return decoded(messages, decoder.handleBytes(messages, bytes, now))
    },
    handleEnd: () => {
      if (isOver) return nothing
      isOver = true
      const messages: Array<Message> = []
      return decoded(messages, decoder.handleEnd(messages))
    },
    get deadline() {
      return isOver ? Infinity : decoder.deadline ?? Infinity
    },
    handleTimeout: (now) => {
      if (isOver || now < (decoder.deadline ?? Infinity)) return nothing
      const messages: Array<Message> = []
      return decoded(messages, decoder.handleTimeout?.(messages, now))
    },
    encode: (message) => encoder().encode(message),
    get encoding() {
      return encoder().encoding
    },
    get delimits() {
      return encoder().delimits
    }
  }
}

const nothing: Decoded = { messages: [] }

/** The bytes of a message as they are: of a framing without marks. */
export const bare: Encoder = { encoding: "bare", delimits: false, encode: ({ bytes }) => bytes }

export const tooLong = (messageBytes: number): FramingFailure => ({
  reason: "TooLong",
  message: `a message is longer than ${messageBytes} bytes`
})

export const truncated: FramingFailure = {
  reason: "Truncated",
  message: "the connection ended within a message"
}
