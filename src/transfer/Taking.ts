/** What taking a message has in common on both wires: the bounds of texts, how a text is read, what a defect looks like. */
import * as Cause from "effect/Cause"
import * as Limits from "../protocol/ProtocolLimits.ts"
import { StorageError } from "../storage/Storage.ts"

/** What is no UTF-8 becomes U+FFFD; the digest is that of the bytes. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)

export const textTooLong = new StorageError({
  reason: "NoSpace",
  path: "",
  message: `a text has at most ${Limits.textBytes} bytes`
})

export const tooManyTexts = new StorageError({
  reason: "NoSpace",
  path: "",
  message:
    `the texts that are arriving fill the ${Limits.allTextsBytes} bytes that they may have together; send it again`
})

/** The message `name` could not be taken because this program failed. */
export const unexpected = (name: string, defect: unknown): StorageError =>
  new StorageError({
    reason: "Io",
    path: name,
    message: `it could not be taken: ${Cause.pretty(Cause.die(defect)).split("\n", 1)[0] ?? "unexpected failure"}`,
    cause: defect
  })
