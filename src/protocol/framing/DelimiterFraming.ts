/**
 * The framing `delimiter:TEXT`: the delimiter stands behind each message. What stands behind the last one is a message at the end of the
 * input. The search is that of Knuth, Morris and Pratt: it never looks at a byte twice, and goes on where a read ends.
 */
import type { Framing } from "./Framing.ts"
import { codec, type Decoder, tooLong } from "./FramingCodec.ts"
import * as Limits from "./FramingLimits.ts"
import { PendingBytes } from "./PendingBytes.ts"

/** The framing whose messages end in `text`, which has 1 to `FramingLimits.delimiterBytes` bytes of UTF-8. */
export const delimiter = (text: string): Framing => {
  const bytes = encoder.encode(text)
  const search = searchOf(bytes)
  const name = `delimiter:${escaped(text)}`
  return {
    name,
    open: (messageBytes = Limits.messageBytes) => {
      const encoding = `${name}/${messageBytes}`
      return codec(decoderOf(search, bytes.length, messageBytes), () => ({
        encoding,
        delimits: true,
        encode: (message) => {
          if (message.bytes.length > messageBytes) return undefined
          const target = new Uint8Array(message.bytes.length + bytes.length)
          target.set(message.bytes)
          target.set(bytes, message.bytes.length)
          // The end of a message and the delimiter together may contain an earlier one.
          return endsFirst(search, bytes.length, target) ? target : undefined
        }
      }))
    }
  }
}

const encoder = new TextEncoder()

/** The number of bytes of the delimiter that stand at the end, after one more byte; `matched` is the number before. */
type Search = (matched: number, byte: number) => number

const searchOf = (bytes: Uint8Array): Search => {
  // For each number of matched bytes, the longest shorter beginning of the delimiter that is an end of them.
  const shorter = new Uint8Array(bytes.length + 1)
  const search: Search = (matched, byte) => {
    let count = matched
    while (count > 0 && bytes[count] !== byte) count = shorter[count] ?? 0
    return bytes[count] === byte ? count + 1 : 0
  }
  for (let at = 1; at < bytes.length; at++) shorter[at + 1] = search(shorter[at] ?? 0, bytes[at] ?? 0)
  return search
}

/** Whether the only delimiter is that at the end. */
const endsFirst = (search: Search, delimiterBytes: number, bytes: Uint8Array): boolean => {
  let matched = 0
  for (let at = 0; at < bytes.length; at++) {
    matched = search(matched, bytes[at] ?? 0)
    if (matched === delimiterBytes) return at === bytes.length - 1
  }
  return false
}

const decoderOf = (search: Search, delimiterBytes: number, messageBytes: number): Decoder => {
  const pending = new PendingBytes()
  let matched = 0
  return {
    handleBytes: (messages, bytes) => {
      let start = 0
      for (let at = 0; at < bytes.length; at++) {
        matched = search(matched, bytes[at] ?? 0)
        if (matched < delimiterBytes) continue
        matched = 0
        if (pending.length + at + 1 - start - delimiterBytes > messageBytes) return tooLong(messageBytes)
        const whole = pending.takeWith(bytes.subarray(start, at + 1))
        messages.push({ bytes: whole.subarray(0, whole.length - delimiterBytes) })
        start = at + 1
      }
      if (pending.length + bytes.length - start - matched > messageBytes) return tooLong(messageBytes)
      if (start < bytes.length) pending.append(bytes.subarray(start))
      return undefined
    },
    handleEnd: (messages) => {
      if (pending.length > messageBytes) return tooLong(messageBytes)
      if (pending.length > 0) messages.push({ bytes: pending.take() })
      return undefined
    }
  }
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "\\": "\\\\" }

/** A delimiter as it stands in the name: line ends, tabs, NUL and backslashes are escaped. */
const escaped = (text: string): string => text.replaceAll(/[\n\r\t\0\\]/g, (one) => escapes[one] ?? one)

/** The delimiter that a name means; undefined where a backslash begins no escape. */
export const unescaped = (text: string): string | undefined => {
  const rest = text.replaceAll(/\\[nrt0\\]/g, "")
  if (rest.includes("\\")) return undefined
  return text.replaceAll(/\\[nrt0\\]/g, (one) => Object.keys(escapes).find((key) => escapes[key] === one) ?? one)
}
