/**
 * The framing `auto`, for programs that mark no end: one read is one message, until a read ends in `\n`. From that read on the
 * connection speaks lines, in both directions. A read that seems to be cut is held for what follows. Messages are UTF-8, and commands
 * of telnet are removed.
 */
import type { Framing, FramingFailure, Message } from "./Framing.ts"
import { bare, codec, type Decoder, type Encoder, tooLong } from "./FramingCodec.ts"
import * as Limits from "./FramingLimits.ts"
import { lineEncoder, LineSplitter } from "./LineFraming.ts"
import { PendingBytes } from "./PendingBytes.ts"
import { TelnetFilter } from "./TelnetFilter.ts"
import { cutBytes, repaired } from "./Utf8Text.ts"

export const auto: Framing = {
  name: "auto",
  open: (messageBytes = Limits.messageBytes) => {
    const decoder = new AutoDecoder(messageBytes)
    return codec(decoder, () => decoder.encoder)
  }
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

class AutoDecoder implements Decoder {
  readonly #messageBytes: number
  readonly #telnet = new TelnetFilter()
  readonly #lines: LineSplitter
  readonly #lineEncoder: Encoder
  /** Reads that seem to be cut. */
  readonly #held = new PendingBytes()
  /** A message without a line end was delivered last: a line end that opens the next read is its own. */
  #isUnterminated = false
  #speaksLines = false
  deadline = Infinity

  constructor(messageBytes: number) {
    this.#messageBytes = messageBytes
    this.#lines = new LineSplitter(messageBytes)
    this.#lineEncoder = lineEncoder(messageBytes)
  }

  get encoder(): Encoder {
    return this.#speaksLines ? this.#lineEncoder : bare
  }

  handleBytes(messages: Array<Message>, bytes: Uint8Array, now: number): FramingFailure | undefined {
    const text = this.#telnet.handleBytes(bytes)
    // What a read of commands alone follows is still open.
    const failure = text.length === 0 ? undefined : this.#handleRead(messages, text, bytes.length, now)
    return failure ?? this.#telnet.failure
  }

  handleTimeout(messages: Array<Message>): FramingFailure | undefined {
    return this.#deliverHeld(messages)
  }

  handleEnd(messages: Array<Message>): FramingFailure | undefined {
    const last = this.#telnet.handleEnd()
    if (this.#speaksLines) return this.#deliverLines(messages, last) ?? this.#deliverRest(messages)
    if (last.length > 0) this.#held.append(last)
    return this.#held.length === 0 ? undefined : this.#deliverHeld(messages)
  }

  /** Processes the text of a read that had `readBytes` bytes. */
  #handleRead(
    messages: Array<Message>,
    text: Uint8Array,
    readBytes: number,
    now: number
  ): FramingFailure | undefined {
    if (this.#speaksLines) return this.#deliverLines(messages, text)
    const isLine = text.at(-1) === lineFeed
    const rest = this.#isUnterminated ? text.subarray(lineEndBytes(text)) : text
    this.#isUnterminated = false
    if (isLine) {
      this.#speaksLines = true
      this.deadline = Infinity
      return rest.length === 0 ? undefined : this.#deliverLines(messages, this.#held.takeWith(rest))
    }
    if (this.#held.length + rest.length > this.#messageBytes) return tooLong(this.#messageBytes)
    const isFull = readBytes >= Limits.fullReadBytes
    if (!isFull && this.#held.length === 0 && cutBytes(rest) === 0) return this.#deliverRead(messages, rest)
    this.#held.append(rest)
    if (!isFull && cutBytes(this.#held.last(3)) === 0) return this.#deliverHeld(messages)
    this.deadline = now + Limits.holdMillis
    return undefined
  }

  #deliverHeld(messages: Array<Message>): FramingFailure | undefined {
    this.deadline = Infinity
    return this.#deliverRead(messages, this.#held.take())
  }

  #deliverRead(messages: Array<Message>, text: Uint8Array): FramingFailure | undefined {
    this.#isUnterminated = true
    return this.#deliver(messages, text)
  }

  #deliverLines(messages: Array<Message>, text: Uint8Array): FramingFailure | undefined {
    const found: Array<Message> = []
    const failure = this.#lines.handleBytes(found, text)
    return this.#deliverAll(messages, found) ?? failure
  }

  #deliverRest(messages: Array<Message>): FramingFailure | undefined {
    const found: Array<Message> = []
    const failure = this.#lines.handleEnd(found)
    return this.#deliverAll(messages, found) ?? failure
  }

  #deliverAll(messages: Array<Message>, found: ReadonlyArray<Message>): FramingFailure | undefined {
    for (const { bytes } of found) {
      const failure = this.#deliver(messages, bytes)
      if (failure !== undefined) return failure
    }
    return undefined
  }

  #deliver(messages: Array<Message>, bytes: Uint8Array): FramingFailure | undefined {
    const text = repaired(bytes)
    if (text.length > this.#messageBytes) return tooLong(this.#messageBytes)
    messages.push({ bytes: text })
    return undefined
  }
}

/** The length of the line end with which a text begins: 0 to 2. */
const lineEndBytes = (text: Uint8Array): number =>
  text[0] === lineFeed ? 1 : text[0] === carriageReturn && text[1] === lineFeed ? 2 : 0
