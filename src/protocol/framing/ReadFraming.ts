/** Framings in which a call is a message: `raw` and `chunk` (a read of a stream), `datagram`. Nothing is held. */
import type { Framing } from "./Framing.ts"
import { bare, codec, tooLong } from "./FramingCodec.ts"
import * as Limits from "./FramingLimits.ts"

/** One read is one message; one of more than `messageBytes` is cut. */
export const raw: Framing = {
  name: "raw",
  open: (messageBytes = Limits.messageBytes) => cutting(messageBytes)
}

/** Bytes that `recv` of nearly all existing programs takes at a time. */
const usualBytes = 1024

/** One read is one message of at most `bytes` bytes; a longer one is cut, as a program with `recv(bytes)` reads it. */
export const chunk = (bytes: number = usualBytes): Framing => ({
  name: bytes === usualBytes ? "chunk" : `chunk:${bytes}`,
  open: (messageBytes = Limits.messageBytes) => cutting(Math.min(bytes, messageBytes))
})

const cutting = (most: number) =>
  codec({
    handleBytes: (messages, bytes) => {
      for (let at = 0; at < bytes.length; at += most) messages.push({ bytes: bytes.subarray(at, at + most) })
      return undefined
    },
    handleEnd: () => undefined
  }, () => bare)

/** One datagram is one message; it may be empty. */
export const datagram: Framing = {
  name: "datagram",
  open: (messageBytes = Limits.messageBytes) => {
    const most = Math.min(messageBytes, Limits.datagramBytes)
    return codec({
      handleBytes: (messages, bytes) => {
        if (bytes.length > most) return tooLong(most)
        messages.push({ bytes })
        return undefined
      },
      handleEnd: () => undefined
    }, () => ({
      encoding: `datagram/${most}`,
      delimits: false,
      encode: ({ bytes }) => bytes.length > most ? undefined : bytes
    }))
  }
}
