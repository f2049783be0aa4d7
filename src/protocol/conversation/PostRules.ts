/**
 * What a person may post in a room: one rule for each kind, for plain connections and for clients of rooms. A post that breaks none may still
 * not count later, because an event of another server stands before it in the room's order: readers decide that by `Powers`.
 */
import type { KnownBody } from "./EventBody.ts"
import type { LoggedEvent } from "./LoggedEvent.ts"
import { mayBar, mayGive, mayModerate, maySpeak, type Powers } from "./Powers.ts"

export interface Post {
  readonly author: string
  readonly said: KnownBody
  /** The event that `re` names; undefined if there is none. */
  readonly about: Pick<LoggedEvent, "author" | "kind"> | undefined
}

/** The kinds that a person posts. The server records the others itself, or an app does. */
export type PostedKind = "said" | "edited" | "removed" | "reacted" | "file" | "topic" | "power" | "barred"

/** Why a post is refused, as a sentence without a full stop; undefined if it may be recorded. `now` is Unix time in milliseconds. */
export const refusalOf = (powers: Powers, { about, author, said }: Post, now: number): string | undefined => {
  switch (said.kind) {
    case "said":
    case "file":
      return maySpeak(powers, author, now) ? undefined : mayNotSpeak
    case "edited":
      if (about?.kind !== "said") return "there is no message to edit"
      if (about.author !== author) return "only its author can edit a message"
      return maySpeak(powers, author, now) ? undefined : mayNotSpeak
    case "reacted":
      if (about === undefined || !answered.has(about.kind)) return "there is no message to react to"
      return maySpeak(powers, author, now) ? undefined : mayNotSpeak
    case "removed":
      if (about === undefined) return "there is no message to remove"
      if (!removable.has(about.kind)) {
        return `an event of the kind ${about.kind.slice(0, longestKind)} cannot be removed`
      }
      return about.author === author || mayModerate(powers, author, now) ? undefined : noPower
    case "topic":
      return mayModerate(powers, author, now) ? undefined : noPower
    case "power":
      return mayGive(powers, author, said.body.person, said.body.power, now) ? undefined : noPower
    case "barred":
      return mayBar(powers, author, said.body.person, now) ? undefined : noPower
    case "made":
    case "joined":
    case "left":
    case "named":
    case "app":
      return notPosted(said.kind)
  }
}

/** Whether a kind is one that people post: the others are refused before their body is read. */
export const isPosted = (kind: string): kind is PostedKind => posted.has(kind)

/** The refusal of another kind. */
export const notPosted = (kind: string): string =>
  `events of the kind ${kind.slice(0, longestKind)} are not taken from clients`

/** Whether the rule of a kind looks at the event that `re` names. */
export const needsAbout = (kind: string): boolean => kind === "edited" || kind === "removed" || kind === "reacted"

export const noPower = "this takes a greater power in this room than yours; /who shows the powers"

const mayNotSpeak = "you can read in this room, and not write"

const posted: ReadonlySet<string> = new Set<PostedKind>([
  "said",
  "edited",
  "removed",
  "reacted",
  "file",
  "topic",
  "power",
  "barred"
])

/** Events that can be answered with a sign. */
const answered: ReadonlySet<string> = new Set(["said", "file"])

/** Powers, bars, names and the beginning of a room are its history, which stays. */
const removable: ReadonlySet<string> = new Set(["said", "edited", "reacted", "file", "topic"])

/** UTF-16 code units of a stranger's kind in a reason. */
const longestKind = 32
