/** Outputs that record their text, and example events, for the tests of reports. */
import * as Effect from "effect/Effect"
import type { EventOf, Output } from "../../src/cli/report/Report.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import type * as Flock from "../../src/protocol/flock/wire/Frame.ts"
import type { ClassicPacket, FlockPacket } from "../../src/telemetry/TransportEvents.ts"
import { frameOf } from "../protocol/classic/frames.ts"
import { bytesOf, dataPacket } from "../protocol/flock/frames.ts"

export interface FakeOutput extends Output {
  /** Everything written so far. */
  readonly text: () => string
  /** What was written since the last call, write by write. */
  readonly news: () => ReadonlyArray<string>
}

export const fakeOutput = (isTerminal = false, columns = 80, backlogBytes = () => 0): FakeOutput => {
  const writes: Array<string> = []
  let taken = 0
  return {
    isTerminal,
    isAnimated: isTerminal,
    drained: Effect.void,
    backlogBytes,
    columns: () => columns,
    write: (text) => {
      writes.push(text)
    },
    text: () => writes.join(""),
    news: () => {
      const news = writes.slice(taken)
      taken = writes.length
      return news
    }
  }
}

/** A frame that went or came; by default the third DAT of ten, on its way. */
export const datagram = (
  { payload = new TextEncoder().encode("data"), ...more }:
    & Partial<Pick<ClassicPacket, "direction" | "isIntact" | "peer">>
    & { readonly payload?: Uint8Array; readonly kind?: Frame.Kind } = {}
): ClassicPacket => {
  const { direction = "sent", isIntact = true, kind = Frame.Kind.dat, peer = "192.0.2.7:4040" } = more
  const frame = frameOf(kind, kind === Frame.Kind.inf ? 0 : 3, 10, payload)
  return { _tag: "Packet", wire: "classic", direction, peer, frame, isIntact, bytes: frame.bytes }
}

/** What is no frame. */
export const noise: ClassicPacket = {
  _tag: "Packet",
  wire: "classic",
  direction: "received",
  peer: "[2001:db8::1]:4040",
  frame: undefined,
  isIntact: false,
  bytes: Uint8Array.of(1, 2, 3)
}

/** A packet of flock on its way, by default the third. */
export const packet = (
  frames: ReadonlyArray<Flock.Frame>,
  more: Partial<FlockPacket> = {}
): FlockPacket => ({
  _tag: "Packet",
  wire: "flock",
  direction: "sent",
  peer: "192.0.2.7:4040",
  kind: "DATA",
  packetNumber: 3,
  isIntact: true,
  frames,
  bytes: dataPacket(7, 3, Buffer.concat(frames.map(bytesOf))),
  ...more
})

/** Bytes of stream 2 from offset 10 on. */
export const streamFrame = (text: string, isLast = false): Flock.StreamFrame => {
  const bytes = new TextEncoder().encode(text)
  return { _tag: "Stream", id: 2, offset: 10, isLast, bytes, start: 0, end: bytes.length }
}

/** What has power over a terminal or misleads its reader; the line feed aside, and what joins letters and emoji. */
export const mischief =
  /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c-\u200d\u{e0020}-\u{e007f}\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])\p{Cf}/u

/** A name or a text with some of everything that a terminal must not be given. */
export const hostile = "a\u001b[2J\u009b31m\r\u0007\u007f\u202egpj.exe\u200b\u2028\u0000z"

const message = { id: "1", peer: "192.0.2.7:50000", fragments: 3, fragmentSize: 1458 } as const
const finished = { size: 2500, sha256: "ab".repeat(32), durationMillis: 200, rateBitsPerSecond: 100_000 } as const

export const receivedFile: EventOf<"received"> = {
  type: "received",
  ...message,
  kind: "file",
  name: "a.txt",
  path: "/inbox/a.txt",
  ...finished,
  payloadSize: 1445,
  damaged: 0,
  damagedNumbers: [],
  duplicates: 0
}

export const receivedText: EventOf<"received"> = {
  type: "received",
  ...message,
  kind: "text",
  text: "ahoj",
  ...finished,
  payloadSize: 1445,
  damaged: 0,
  damagedNumbers: [],
  duplicates: 0
}

export const sentFile: EventOf<"sent"> = {
  type: "sent",
  ...message,
  kind: "file",
  name: "a.txt",
  path: "/home/a.txt",
  ...finished,
  fragmentSize: 1445,
  retransmissions: 0,
  repeatedNumbers: [],
  damaged: 0,
  damagedNumbers: [],
  confirmed: true
}

export const startedFile: EventOf<"started"> = { type: "started", ...message, kind: "file", name: "a.txt" }

export const anError: EventOf<"error"> = {
  type: "error",
  code: "Declined",
  exitCode: 6,
  message: "192.0.2.7:4040 refused the message",
  hint: "ask there"
}
