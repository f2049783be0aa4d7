/**
 * The room of two people has no name of its own: it follows from theirs, so that both find one room, on each server. No name that a person
 * types for a room (`Names.roomOf`) is of this form, because it has no space and no `@`.
 */
import * as Limits from "./ConversationLimits.ts"

/** `ala@alpha.example bo@beta.example`. Undefined if both are the same person, or the names are too long for a name of a room. */
export const directRoomOf = (one: string, other: string): string | undefined => {
  const room = one < other ? `${one} ${other}` : `${other} ${one}`
  return one === other || room.length > Limits.nameUnits ? undefined : room
}

/** Both people of a direct room; undefined for a room with a name of its own. */
export const peopleOfDirect = (room: string): readonly [string, string] | undefined => {
  const [one, other, more] = room.split(" ")
  if (one === undefined || other === undefined || more !== undefined) return undefined
  return one.includes("@") && other.includes("@") && one < other ? [one, other] : undefined
}
