/**
 * The framing `lines`: a message ends in `\n` or `\r\n`. Commands of telnet are removed. What stands behind the last line end is a message
 * at the end of the input.
 */
import type { Framing, FramingFailure, Message } from "./Framing.ts"
import { codec, type Encoder, tooLong } from "./FramingCodec.ts"
import * as Limits from "./FramingLimits.ts"
import { PendingBytes } from "./PendingBytes.ts"
import { escaped, TelnetFilter } from "./TelnetFilter.ts"

const lineFeed = 0x0a
const carriageReturn = 0x0d

export const lines: Framing = {
  name: "lines",
  open: (messageBytes = Limits.messageBytes) => {
    const telnet = new TelnetFilter()
    const splitter = new LineSplitter(messageBytes)
    const encoder = lineEncoder(messageBytes)
    return codec({
      handleBytes: (messages, bytes) => splitter.handleBytes(messages, telnet.handleBytes(bytes)) ?? telnet.failure,
      handleEnd: (messages) => splitter.handleBytes(messages, telnet.handleEnd()) ?? splitter.handleEnd(messages)
    }, () => encoder)
  }
}

/** Cuts a stream of bytes into lines of at most `messageBytes` bytes, without their ends. */
export class LineSplitter {
  readonly #messageBytes: number
  readonly #pending = new PendingBytes()

  constructor(messageBytes: number) {
    this.#messageBytes = messageBytes
  }

  handleBytes(messages: Array<Message>, bytes: Uint8Array): FramingFailure | undefined {
    let at = 0
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, at)) {
      // The length decides before the bytes are joined.
      if (this.#pending.length + end - at > this.#messageBytes + 1) return tooLong(this.#messageBytes)
      const line = this.#pending.takeWith(bytes.subarray(at, end))
      const message = line.at(-1) === carriageReturn ? line.subarray(0, -1) : line
      if (message.length > this.#messageBytes) return tooLong(this.#messageBytes)
      messages.push({ bytes: message })
      at = end + 1
    }
    const rest = bytes.length - at
    if (rest === 0) return undefined
    // A carriage return at the end may belong to the line end.
    const excess = this.#pending.length + rest - this.#messageBytes
    if (excess > 1 || (excess === 1 && bytes.at(-1) !== carriageReturn)) return tooLong(this.#messageBytes)
    this.#pending.append(at === 0 ? bytes : bytes.subarray(at))
    return undefined
  }

  handleEnd(messages: Array<Message>): FramingFailure | undefined {
    if (this.#pending.length > this.#messageBytes) return tooLong(this.#messageBytes)
    if (this.#pending.length > 0) messages.push({ bytes: this.#pending.take() })
    return undefined
  }
}

/**
 * Messages as lines that end in `\n`; one that ends so already gets no second. A message may have several lines: the other side reads
 * them as messages. A byte 0xFF, which no text has, is sent as in telnet.
 */
export const lineEncoder = (messageBytes: number): Encoder => ({
  encoding: `lines/${messageBytes}`,
  delimits: true,
  encode: ({ bytes }) => {
    const isTerminated = bytes.at(-1) === lineFeed
    if (bytes.length - (isTerminated ? 1 : 0) > messageBytes) return undefined
    const text = escaped(bytes)
    if (isTerminated) return text
    const line = new Uint8Array(text.length + 1)
    line.set(text)
    line[text.length] = lineFeed
    return line
  }
})
