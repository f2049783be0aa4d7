/**
 * How many bytes an inbox may still take: its quota, what lies there, and what the files on their way hold or expect.
 * It counts and never looks; it knows no disk.
 */
import { StorageError } from "./Storage.ts"

/** All counts are bytes. */
export interface InboxQuota {
  /** Holds more for a file on its way; false, and nothing held, if that is over the quota. */
  readonly hold: (bytes: number) => boolean
  /** Gives back what a file on its way held. */
  readonly giveBack: (heldBytes: number) => void
  /** What lies in the inbox has grown by so much, or shrunk. */
  readonly settle: (addedBytes: number) => void
  /** What lies in the inbox, files on their way left out, was counted anew. */
  readonly recount: (settledBytes: number) => void
  /** The refusal of a file. */
  readonly overQuota: (name: string) => StorageError
}

/** The room of an inbox; without `quotaBytes` everything fits. */
export const make = (quotaBytes: number = Infinity): InboxQuota => {
  let settled = 0
  let held = 0
  return {
    hold: (bytes) => {
      if (settled + held + bytes > quotaBytes) return false
      held += bytes
      return true
    },
    giveBack: (heldBytes) => {
      held -= heldBytes
    },
    settle: (addedBytes) => {
      settled += addedBytes
    },
    recount: (settledBytes) => {
      settled = settledBytes
    },
    overQuota: (name) =>
      new StorageError({
        reason: "OverQuota",
        path: name,
        message: `"${name}" does not fit in the inbox's quota of ${quotaBytes} bytes, of which ${settled + held} are `
          + "in use; remove files from the inbox or raise the quota"
      })
  }
}
