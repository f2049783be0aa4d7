/**
 * The room of two people has no name of its own: it follows from theirs, so that both find one room, on each server. No name that a person
 * types for a room (`Names.roomOf`) is of this form.
 */
import * as Limits from "./ConversationLimits.ts"

/** What stands between both: no nick and no name of a server has it. */
const separator = ":"

/** `ala@alpha.example:bo@beta.example`, in the order of their code units. Undefined when it would be too long for a name of a room. */
export const directRoomOf = (one: string, other: string): string | undefined => {
  const name = one < other ? `${one}${separator}${other}` : `${other}${separator}${one}`
  return name.length > Limits.nameUnits ? undefined : name
}

/** Both people of a direct room; undefined for a room with a name of its own. */
export const peopleOfDirect = (room: string): readonly [string, string] | undefined => {
  const [one, other, more] = room.split(separator)
  if (one === undefined || other === undefined || more !== undefined) return undefined
  return one.includes("@") && other.includes("@") ? [one, other] : undefined
}
