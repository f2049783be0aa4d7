/** Why an inbox takes a message no further, besides what its storage reports. */
import * as Cause from "effect/Cause"
import * as Limits from "../protocol/ProtocolLimits.ts"
import { StorageError } from "../storage/Storage.ts"

export const unnamed = new StorageError({ reason: "UnsafeName", path: "", message: "the file's name is not UTF-8" })

export const textTooLong = new StorageError({
  reason: "NoSpace",
  path: "",
  message: `a text has at most ${Limits.textBytes} bytes`
})

export const tooManyTexts = new StorageError({
  reason: "NoSpace",
  path: "",
  message: "too many texts arrive at the same time; send the text again later"
})

export const tooManyFiles = new StorageError({
  reason: "TooMany",
  path: "",
  message: "too many files arrive at the same time; send the file again later"
})

export const damagedText = new StorageError({
  reason: "Damaged",
  path: "",
  message: "the received text differs from the sent text; send it again"
})

/** The error for the message `name`, which was not received because of a defect of this program. */
export const unexpected = (name: string, defect: unknown): StorageError =>
  new StorageError({
    reason: "Io",
    path: name,
    message: `the receiver failed: ${Cause.pretty(Cause.die(defect)).split("\n", 1)[0] ?? "unexpected failure"}`,
    cause: defect
  })
