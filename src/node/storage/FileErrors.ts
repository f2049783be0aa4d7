/**
 * What the system's errno means for a file, in words: the reason, what happened, what to do about it. It knows error
 * codes and sentences; it calls no system.
 */
import { type Reason, StorageError } from "../../storage/Storage.ts"

/** A system's answer as a `StorageError`; `verb` says what was tried, `path` on what, as its user knows it. */
export const fromSystem = (verb: string, path: string, cause: unknown): StorageError => {
  const answer = code(cause)
  const { advice, reason } = answer === "ENOENT" && path.includes("\ufffd")
    ? { reason: "NotFound" as const, advice: "it does not exist, or its name is no UTF-8: then give it another name" }
    : meanings.get(answer) ?? { reason: "Io" as const, advice: `the system says ${answer}; try again` }
  return new StorageError({ reason, path, message: `cannot ${verb} "${path}": ${advice}`, cause })
}

/** The system's code of what was thrown, such as `ENOENT`; else its text. */
export const code = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : String(cause)

/** Codes by which a file system says that it has no hard links, or no more of them. */
export const noLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"])

const meanings = new Map<string, { readonly reason: Reason; readonly advice: string }>(Object.entries({
  ENOENT: { reason: "NotFound", advice: "it does not exist; check the path" },
  ENOTDIR: { reason: "NotFound", advice: "a part of the path is not a directory; check the path" },
  EISDIR: { reason: "NotAFile", advice: "it is a directory; name a file" },
  ENXIO: { reason: "NotAFile", advice: "it is a socket or a device that is not there; name a file" },
  EEXIST: {
    reason: "TargetExists",
    advice: "something with that name is there already; remove it or choose another name"
  },
  EACCES: { reason: "Denied", advice: "permission denied; check the owner and the mode" },
  EPERM: { reason: "Denied", advice: "the system does not permit it; check the owner and the attributes" },
  EROFS: { reason: "Denied", advice: "the file system is read-only; choose another place" },
  ELOOP: { reason: "Denied", advice: "a symbolic link is in the way and is not followed; remove it" },
  ENOSPC: { reason: "NoSpace", advice: "the disk is full; free some space" },
  EDQUOT: { reason: "NoSpace", advice: "the disk quota of this user is used up; free some space" },
  EFBIG: { reason: "NoSpace", advice: "the file is too large for this file system or process; choose another place" },
  ENAMETOOLONG: { reason: "UnsafeName", advice: "the name is too long for this file system; choose a shorter one" },
  EMFILE: { reason: "Io", advice: "this process has too many files open; close some or raise its limit" },
  ENFILE: { reason: "Io", advice: "the system has too many files open; close some" },
  EIO: { reason: "Io", advice: "the device failed; check the disk" }
}))
