/** Framings: wherever the input is cut, messages are the same, or at least their bytes; nothing is longer than allowed. */
import * as FastCheck from "fast-check"
import type { Codec, Decoded, Message } from "../../src/protocol/framing/Framing.ts"
import { framingOf } from "../protocol/framing/codecs.ts"
import { fromHex, toHex } from "./datagrams.ts"
import { asJson, ensure, fuzz } from "./fuzzing.ts"

/** Small, so that random input reaches it. */
const messageBytes = 40

const delimiting = [
  "lines",
  "delimiter:#",
  "delimiter:aab",
  "delimiter:\\r\\n",
  "delimiter:\u20ac\u20ac",
  "padded:3",
  "padded:10,zeros",
  "padded:2,hex",
  "padded:4,zeros,hex",
  "prefix:u16",
  "prefix:u32",
  "prefix:varint",
  "typed"
]

/** What one codec has delivered. */
interface Outcome {
  readonly messages: ReadonlyArray<string>
  readonly failure: string | undefined
}

const textOf = ({ bytes, type }: Message): string => type === undefined ? toHex(bytes) : `${type}:${toHex(bytes)}`

/** Collects what a codec delivers, and checks it. */
const collecting = (most: number) => {
  const messages: Array<Message> = []
  const texts: Array<string> = []
  let failure: string | undefined
  return {
    take: (decoded: Decoded): void => {
      ensure(failure === undefined || decoded.messages.length === 0, "a message is delivered after a failure")
      ensure(decoded.messages.every(({ bytes }) => bytes.length <= most), "a message is too long")
      messages.push(...decoded.messages)
      texts.push(...decoded.messages.map(textOf))
      failure ??= decoded.failure?.reason
    },
    outcome: (): Outcome => {
      ensure(messages.every((message, at) => textOf(message) === texts[at]), "a message was changed afterwards")
      return { messages: texts, failure }
    }
  }
}

/** Reads of these lengths, the last with the rest. */
const readsOf = (bytes: Uint8Array, lengths: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const reads: Array<Uint8Array> = []
  let at = 0
  for (const length of lengths) {
    if (at + length >= bytes.length) break
    reads.push(bytes.slice(at, at + length))
    at += length
  }
  reads.push(bytes.slice(at))
  return reads
}

const decode = (codec: Codec, reads: ReadonlyArray<Uint8Array>, most = messageBytes): Outcome => {
  const collected = collecting(most)
  for (const read of reads) collected.take(codec.handleBytes(read, 0))
  ensure(codec.deadline === Infinity, "a framing that delimits has a deadline")
  collected.take(codec.handleEnd())
  return collected.outcome()
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))

const escapes: Readonly<Record<string, string>> = { "\\r\\n": "\r\n" }

/** The messages of input with marks behind them, found by the split of strings; undefined for other framings. */
const splitBy = (name: string, bytes: Uint8Array): ReadonlyArray<string> | undefined => {
  const word = name.startsWith("delimiter:") ? name.slice("delimiter:".length) : undefined
  const isLines = name === "lines" && !bytes.includes(0xff)
  if (word === undefined && !isLines) return undefined
  const mark = word === undefined ? /\r?\n/ : Buffer.from(escapes[word] ?? word).toString("latin1")
  const parts = Buffer.from(bytes).toString("latin1").split(mark)
  return (parts.at(-1) === "" ? parts.slice(0, -1) : parts).map((part) => toHex(Buffer.from(part, "latin1")))
}

/** Pieces that mean something to a framing. */
const pieces = FastCheck.oneof(
  FastCheck.constantFrom("\n", "\r\n", "\r", "#", "aab", "a", "aa", "\u20ac", "\u20ac\u20ac", "\u00e9\u{1f600}").map(
    bytesOf
  ),
  FastCheck.constantFrom("3  ", "0  ", "0000000003", "3 ", "28", "0028", "0029", "99999999  ", "-1 ", "   ").map(
    bytesOf
  ),
  FastCheck.constantFrom("0003", "00000002", "4003", "80000001", "c000000000000000", "ffffffffffffffff", "0702").map(
    fromHex
  ),
  FastCheck.constantFrom("ff", "fffb01", "fffa18", "fff0", "ffff", "fffd0a", "e282", "80").map(fromHex),
  FastCheck.uint8Array({ maxLength: 30 })
)

const inputs = FastCheck.array(pieces, { maxLength: 14 }).map((some) => toHex(Uint8Array.from(Buffer.concat(some))))
const lengths = FastCheck.array(FastCheck.integer({ min: 1, max: 25 }), { maxLength: 20 })

fuzz("a framing that delimits", {
  corpus: "framedInputs",
  inputs: FastCheck.record({ framing: FastCheck.constantFrom(...delimiting), input: inputs, lengths }),
  runs: 800,
  holds: ({ framing: name, input, lengths: cuts }) => {
    const framing = framingOf(name)
    ensure(framing.open().delimits, "the framing does not delimit")
    const bytes = fromHex(input)
    const outcome = decode(framing.open(messageBytes), [bytes.slice()])
    const whole = JSON.stringify(outcome)
    const expected = splitBy(name, bytes)
    if (expected !== undefined) {
      // A failure is for the first message that is too long.
      const tooLong = expected.findIndex((message) => message.length > 2 * messageBytes)
      const [messages, failure] = tooLong < 0 ? [expected, undefined] : [expected.slice(0, tooLong), "TooLong"]
      ensure(JSON.stringify({ messages, failure }) === whole, () => `split: ${asJson(expected)}\nin one read: ${whole}`)
    }
    for (const reads of [readsOf(bytes, cuts), Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
      const cut = JSON.stringify(decode(framing.open(messageBytes), reads))
      ensure(cut === whole, () => `in one read: ${whole}\nin ${reads.length}: ${cut}`)
    }
  }
})

fuzz("a message that is encoded", {
  corpus: "framedMessages",
  inputs: FastCheck.record({
    framing: FastCheck.constantFrom(...delimiting),
    messages: FastCheck.array(inputs, { maxLength: 6 }),
    type: FastCheck.nat(255),
    lengths
  }),
  runs: 600,
  holds: ({ framing: name, lengths: cuts, messages, type }) => {
    const framing = framingOf(name)
    const [codec, other] = [framing.open(messageBytes), framing.open(messageBytes)]
    ensure(codec.encoding === other.encoding, "two codecs of one framing encode differently")
    const sent: Array<Message> = []
    const wire: Array<Uint8Array> = []
    for (const hex of messages) {
      const message = name === "typed" ? { bytes: fromHex(hex), type } : { bytes: fromHex(hex) }
      const encoded = codec.encode(message)
      // A message of several lines is read as several.
      const isInexact = name === "lines" && (message.bytes.includes(0x0a) || message.bytes.at(-1) === 0x0d)
      if (encoded === undefined || isInexact) continue
      ensure(message.bytes.length <= messageBytes, "a long message is encoded")
      ensure(
        toHex(other.encode(message) ?? new Uint8Array(0)) === toHex(encoded),
        "the other codec encodes differently"
      )
      sent.push(message)
      wire.push(encoded)
    }
    const bytes = Uint8Array.from(Buffer.concat(wire))
    const { failure, messages: decoded } = decode(other, readsOf(bytes, cuts))
    ensure(failure === undefined, () => `the own encoding fails: ${failure}`)
    ensure(JSON.stringify(decoded) === JSON.stringify(sent.map(textOf)), "the decoded messages differ")
  }
})

/** A read, and the milliseconds after it: few where a character is cut, which would be replaced otherwise. */
interface Step {
  readonly read: string
  readonly millis: number
}

const texts = FastCheck.array(
  FastCheck.oneof(
    FastCheck.constantFrom("\n", "\r\n", "a", "\u20ac", "\u{1f600}", "x".repeat(1023), "y".repeat(1024)),
    FastCheck.fullUnicodeString({ maxLength: 8 })
  ),
  { maxLength: 8 }
).map((some) => some.join(""))

fuzz("a framing that does not delimit", {
  corpus: "framedReads",
  inputs: FastCheck.record({
    framing: FastCheck.constantFrom("raw", "chunk:3", "chunk", "auto"),
    steps: FastCheck.tuple(
      texts,
      FastCheck.array(FastCheck.tuple(FastCheck.nat(1100), FastCheck.constantFrom(0, 10, 60)))
    )
      .map(([text, cuts]): ReadonlyArray<Step> => {
        const reads = readsOf(bytesOf(text), cuts.map(([length]) => length + 1))
        return reads.map((read, at) => {
          const isInsideCharacter = ((reads[at + 1]?.[0] ?? 0) & 0xc0) === 0x80
          return { read: toHex(read), millis: Math.min(cuts[at]?.[1] ?? 0, isInsideCharacter ? 10 : 60) }
        })
      })
  }),
  runs: 600,
  holds: ({ framing: name, steps }) => {
    const codec = framingOf(name).open()
    const collected = collecting(65_536)
    let now = 0
    for (const { millis, read } of steps) {
      collected.take(codec.handleBytes(fromHex(read), now))
      ensure(codec.deadline <= now + 50 || codec.deadline === Infinity, "a message is held too long")
      now += millis
      if (codec.deadline <= now) collected.take(codec.handleTimeout(now))
      ensure(codec.deadline > now, "a timeout leaves its deadline")
    }
    collected.take(codec.handleEnd())
    const { failure, messages } = collected.outcome()
    ensure(failure === undefined, () => `fails: ${failure}`)
    // Some line ends are marks in `auto`.
    const contentOf = (hex: string): string =>
      name === "auto" ? hex.replaceAll(/(..)/g, "$1 ").replaceAll(/0[ad] /g, "") : hex
    const [before, after] = [steps.map(({ read }) => read).join(""), messages.join("")].map(contentOf)
    ensure(before === after, "bytes are lost, added or moved")
  }
})

fuzz("any input to any framing", {
  corpus: "framedGarbage",
  inputs: FastCheck.record({
    framing: FastCheck.constantFrom(...delimiting, "raw", "chunk:3", "auto"),
    reads: FastCheck.array(FastCheck.record({ read: inputs, millis: FastCheck.constantFrom(0, 60) }), { maxLength: 6 })
  }),
  runs: 800,
  holds: ({ framing: name, reads }) => {
    const codec = framingOf(name).open(messageBytes)
    const collected = collecting(messageBytes)
    let now = 0
    for (const { millis, read } of reads) {
      collected.take(codec.handleBytes(fromHex(read), now))
      now += millis
      collected.take(codec.handleTimeout(now))
    }
    collected.take(codec.handleEnd())
    collected.outcome()
    ensure(codec.deadline === Infinity, "a deadline is left after the end")
  }
})
