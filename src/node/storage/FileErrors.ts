/**
 * Maps the system's error codes (errno) of file operations to a `StorageError`: the reason, what happened, and what to
 * do about it. This module makes no system call.
 */
import { type Reason, StorageError } from "../../storage/Storage.ts"

/**
 * The `StorageError` for a failed system call. `verb` names the operation; `path` is the file's path as the user knows
 * it.
 */
export const fromSystem = (verb: string, path: string, cause: unknown): StorageError => {
  const errorCode = code(cause)
  const { advice, reason } = errorCode === "ENOENT" && path.includes("\ufffd")
    ? {
      reason: "NotFound" as const,
      advice: "it does not exist, or its name is not UTF-8; check the path or rename the file"
    }
    : meanings.get(errorCode) ?? { reason: "Io" as const, advice: `the system reports ${errorCode}; try again` }
  return new StorageError({ reason, path, message: `cannot ${verb} "${path}": ${advice}`, cause })
}

/** The system's error code of a thrown value, such as `ENOENT`; the value as text if it has none. */
export const code = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : String(cause)

/** Error codes of `link()` on a file system without hard links, or with too many links to the file. */
export const noLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"])

const meanings = new Map<string, { readonly reason: Reason; readonly advice: string }>(Object.entries({
  ENOENT: { reason: "NotFound", advice: "it does not exist; check the path" },
  ENOTDIR: { reason: "NotFound", advice: "a part of the path is not a directory; check the path" },
  EISDIR: { reason: "NotAFile", advice: "it is a directory; name a file" },
  ENXIO: { reason: "NotAFile", advice: "it is a socket or a device that does not exist; name a file" },
  EEXIST: {
    reason: "TargetExists",
    advice: "an entry with that name exists already; remove it or choose another name"
  },
  EACCES: { reason: "Denied", advice: "permission denied; check the owner and the mode" },
  EPERM: { reason: "Denied", advice: "the system does not permit it; check the owner and the attributes" },
  EROFS: { reason: "Denied", advice: "the file system is read-only; choose another place" },
  ELOOP: { reason: "Denied", advice: "the path contains a symbolic link, which is not followed; remove the link" },
  ENOSPC: { reason: "NoSpace", advice: "the disk is full; free some space" },
  EDQUOT: { reason: "NoSpace", advice: "the disk quota of this user is used up; free some space" },
  EFBIG: { reason: "NoSpace", advice: "the file is too large for this file system or process; choose another place" },
  ENAMETOOLONG: { reason: "UnsafeName", advice: "the name is too long for this file system; choose a shorter one" },
  EMFILE: { reason: "Io", advice: "this process has too many files open; close some or raise its limit" },
  ENFILE: { reason: "Io", advice: "the system has too many files open; close some" },
  EIO: { reason: "Io", advice: "the device failed; check the disk" }
}))
