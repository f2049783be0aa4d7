/**
 * Who may open a room. A public room is for everybody, a private one for people to whom a power in it
 * was given, a direct one for its two people.
 */
import { peopleOfDirect } from "./DirectRoom.ts"
import type { Access } from "./EventBody.ts"
import { guestSign } from "./Names.ts"
import { barOf, type Powers, wasGiven } from "./Powers.ts"

/** Why a person may not open a room, as a sentence without a full stop; undefined for one who may. `now` is Unix time in milliseconds. */
export const refusalToOpen = (access: Access, powers: Powers, person: string, now: number): string | undefined => {
  switch (access) {
    case "public":
      break
    case "private":
      if (isGuest(person)) return guestsMayNot
      if (!wasGiven(powers, person)) return notInvited
      break
    case "direct":
      if (isGuest(person)) return guestsMayNot
      return isOfTwo(powers.room, person) ? undefined : notInvited
  }
  return barOf(powers, person, now) === "ban" ? "you are banned from this room" : undefined
}

/** A nick of a guest is another person's tomorrow, who must not find what was written for this one. */
export const guestsMayNot = "private and direct rooms are for accounts: register, or log in"

/** Of a room that a person may not know, as of one that does not exist. */
export const notInvited = "there is no such room here, or you were not invited"

/** Whether the person has no account. */
export const isGuest = (person: string): boolean => person.startsWith(guestSign)

/** Whether a person is one of the two of a direct room. */
export const isOfTwo = (room: string, person: string): boolean => peopleOfDirect(room)?.includes(person) === true
