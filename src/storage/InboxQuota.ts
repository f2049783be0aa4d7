/**
 * Counts the bytes that an inbox may still accept: the quota minus the stored files minus the bytes reserved for files
 * that are being received. This module only counts; it does not read the disk.
 */
import { StorageError } from "./Storage.ts"

/** All counts are bytes. */
export interface InboxQuota {
  /** Whether a file of so many bytes would fit now; nothing is reserved. */
  readonly fits: (bytes: number) => boolean
  /**
   * Reserves bytes for a file that is being received. Returns false and reserves nothing if the quota would be
   * exceeded.
   */
  readonly reserve: (bytes: number) => boolean
  /** Releases bytes that were reserved. */
  readonly release: (bytes: number) => void
  /** Adds to the count of stored bytes; a negative number subtracts. */
  readonly addStored: (bytes: number) => void
  /** Replaces the count of stored bytes, which leaves out files that are being received. */
  readonly setStored: (bytes: number) => void
  /** The error `OverQuota` for a file called `name`. */
  readonly overQuota: (name: string) => StorageError
}

/** The quota of an empty inbox; without `quotaBytes` there is no limit. */
export const make = (quotaBytes: number = Infinity): InboxQuota => {
  let storedBytes = 0
  let reservedBytes = 0
  const fits = (bytes: number): boolean => storedBytes + reservedBytes + bytes <= quotaBytes
  return {
    fits,
    reserve: (bytes) => {
      if (!fits(bytes)) return false
      reservedBytes += bytes
      return true
    },
    release: (bytes) => {
      reservedBytes -= bytes
    },
    addStored: (bytes) => {
      storedBytes += bytes
    },
    setStored: (bytes) => {
      storedBytes = bytes
    },
    overQuota: (name) =>
      new StorageError({
        reason: "OverQuota",
        path: name,
        message: `"${name}" does not fit in the inbox's quota of ${quotaBytes} bytes, of which `
          + `${storedBytes + reservedBytes} are in use; remove files from the inbox or raise the quota`
      })
  }
}
