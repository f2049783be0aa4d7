/** Contents and frame lists for the tests of both cores. */
import type { Loop, Side } from "../../models/loop.ts"

/** `bytes` bytes with varying values. */
export const content = (bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + at / 256) & 0xff)

export const text = (value: string): Uint8Array => new TextEncoder().encode(value)

const names = ["INF", "ACK", "NACK", "DAT", "KPA", "FIN"]

/** The frames that one side sent, each as `DAT 3`, or with the time as `DAT 3 @1020`. */
export const framesOf = (loop: Loop, side: Side, withTime = false): ReadonlyArray<string> =>
  loop.sentBy(side).map(({ frame, sentAt }) =>
    `${names[frame?.type ?? -1] ?? "?"} ${frame?.sequence ?? "?"}${withTime ? ` @${sentAt}` : ""}`
  )

export const countOf = (loop: Loop, side: Side, label: string): number =>
  framesOf(loop, side).filter((frame) => frame.startsWith(label)).length
