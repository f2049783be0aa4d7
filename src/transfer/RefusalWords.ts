/**
 * The words that the sender of a refused message receives. A StorageError names paths, other files and free bytes of this host: its
 * message is for the operator, and its sender, any stranger, gets a sentence that depends on the reason and on the
 * sent name alone.
 */
import * as Either from "effect/Either"
import * as FileName from "../storage/FileName.ts"
import type { Reason } from "../storage/Storage.ts"

const notNow = "the receiver cannot store it now; send it again later"

const sentences: Readonly<Record<Exclude<Reason, "UnsafeName">, string>> = {
  NotFound: notNow,
  NotAFile: notNow,
  Denied: notNow,
  TargetExists: "the receiver has a file of this name, or receives one now; give the file another name",
  NoSpace: "the receiver has no room for it; send less, or send it again later",
  OverQuota: "it exceeds what the receiver accepts in total; send less, or ask its operator",
  TooMany: "too many messages arrive there at the same time; send it again later",
  Changed: notNow,
  Damaged: "the received content differs from the sent content; send it again",
  Io: notNow
}

/** A sentence without a full stop; `name` is the name that the sender gave. */
export const of = (reason: Reason, name: string): string =>
  reason === "UnsafeName"
    ? Either.match(FileName.check(name), {
      onLeft: (problem) => `${problem}; give the file another name`,
      onRight: () => "the receiver cannot store a file of this name; give the file another name"
    })
    : sentences[reason]
