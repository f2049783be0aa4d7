/** The part that is the same in framings whose header says how long a message is. An unfinished message at the end of the input is a failure. */
import type { Framing, FramingFailure, Message } from "./Framing.ts"
import { codec, type Decoder, tooLong, truncated } from "./FramingCodec.ts"
import * as Limits from "./FramingLimits.ts"
import { PendingBytes } from "./PendingBytes.ts"

/** What a header says. */
export interface Announced {
  /** May be larger than any limit. */
  readonly bytes: number
  readonly type?: number | undefined
}

/** The form of a header. */
export interface Header {
  /** The name of the framing. */
  readonly name: string
  /** Bytes of the header that begins with these bytes: more than these as long as it is not whole. */
  readonly bytesOf: (beginning: Uint8Array) => number
  /** Reads a whole header: what it says, or the message of a failure. */
  readonly read: (header: Uint8Array) => Announced | string
  /** The header of a message; undefined where it has no room for the length or type. */
  readonly write: (message: Message) => Uint8Array | undefined
}

export const headed = (header: Header): Framing => ({
  name: header.name,
  open: (messageBytes = Limits.messageBytes) => {
    const encoding = `${header.name}/${messageBytes}`
    return codec(new HeaderDecoder(header, messageBytes), () => ({
      encoding,
      delimits: true,
      encode: (message) => {
        const { bytes } = message
        const written = bytes.length > messageBytes ? undefined : header.write(message)
        if (written === undefined) return undefined
        const target = new Uint8Array(written.length + bytes.length)
        target.set(written)
        target.set(bytes, written.length)
        return target
      }
    }))
  }
})

class HeaderDecoder implements Decoder {
  readonly #header: Header
  readonly #messageBytes: number
  /** The beginning of a header, or of a message whose header is `announced`. */
  readonly #pending = new PendingBytes()
  #announced: Announced | undefined

  constructor(header: Header, messageBytes: number) {
    this.#header = header
    this.#messageBytes = messageBytes
  }

  handleBytes(messages: Array<Message>, bytes: Uint8Array): FramingFailure | undefined {
    let rest = bytes
    for (;;) {
      if (this.#announced === undefined) {
        const [header, after] = this.#takeHeader(rest)
        if (header === undefined) return undefined
        const announced = this.#header.read(header)
        if (typeof announced === "string") return { reason: "Malformed", message: announced }
        if (announced.bytes > this.#messageBytes) return tooLong(this.#messageBytes)
        this.#announced = announced
        rest = after
      }
      const { bytes: length, type } = this.#announced
      const missing = length - this.#pending.length
      if (rest.length < missing) {
        this.#pending.append(rest)
        return undefined
      }
      const content = this.#pending.takeWith(rest.subarray(0, missing))
      messages.push(type === undefined ? { bytes: content } : { bytes: content, type })
      this.#announced = undefined
      rest = rest.subarray(missing)
      if (rest.length === 0) return undefined
    }
  }

  handleEnd(): FramingFailure | undefined {
    return this.#announced === undefined && this.#pending.length === 0 ? undefined : truncated
  }

  /** The header and what follows it, as soon as it is whole. */
  #takeHeader(bytes: Uint8Array): readonly [header: Uint8Array | undefined, rest: Uint8Array] {
    const whole = this.#header.bytesOf(bytes)
    if (this.#pending.length === 0 && whole <= bytes.length) return [bytes.subarray(0, whole), bytes.subarray(whole)]
    let rest = bytes
    for (;;) {
      const missing = this.#header.bytesOf(this.#pending.all()) - this.#pending.length
      if (missing === 0) return [this.#pending.take(), rest]
      if (rest.length === 0) return [undefined, rest]
      this.#pending.append(rest.subarray(0, missing))
      rest = rest.subarray(missing)
    }
  }
}
