/**
 * A framing of the messages to a server alone, `padded:64,oneway`: what the server sends has no marks, as in `raw`. The published programs of
 * two linked servers speak so.
 */
import type { Codec, Framing } from "./Framing.ts"
import { bare } from "./FramingCodec.ts"
import { raw } from "./ReadFraming.ts"

/** The framing of a listener whose clients send as `framing` does; `client` is theirs. */
export const oneway = (framing: Framing): Framing => {
  const name = `${framing.name},oneway`
  return {
    name,
    open: (messageBytes) => joined(framing.open(messageBytes), bare),
    client: {
      name,
      open: (messageBytes) => joined(raw.open(messageBytes), framing.open(messageBytes))
    }
  }
}

/** Reads as one codec does, and writes as another. */
const joined = (reading: Codec, writing: Pick<Codec, "encode" | "encoding" | "delimits">): Codec => ({
  handleBytes: (bytes, now) => reading.handleBytes(bytes, now),
  handleEnd: () => reading.handleEnd(),
  handleTimeout: (now) => reading.handleTimeout(now),
  get deadline() {
    return reading.deadline
  },
  encode: (message) => writing.encode(message),
  get encoding() {
    return writing.encoding
  },
  get delimits() {
    return writing.delimits
  }
})
