/**
 * What people may do in a room. Powers are events: one counts only if its author held a greater power before it in the room's order, both
 * than the power that it gives and than the one that it takes. So every server that has the same events has the same powers.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type { BodyOf } from "./EventBody.ts"
import { type LoggedEvent, saidIn } from "./LoggedEvent.ts"
import { operatorNick } from "./Names.ts"

export type Power = BodyOf<"power">["power"]

/** From the least: a reader reads, a speaker speaks too, a moderator has a say over these, and an owner over moderators. */
const ranks: ReadonlyArray<Power> = ["reader", "speaker", "moderator", "owner"]

/** The power of a person to whom none was given. */
const usualPower: Power = "speaker"

/** The room that each server has from its beginning. The operator of each server owns it. */
export const hall = "hall"

interface Bar {
  readonly bar: "mute" | "ban"
  /** Unix time in milliseconds, Infinity for good. */
  readonly until: number
}

/** The powers of a room at one place of its order. */
export interface Powers {
  readonly room: string
  /** Whether the event that made the room has come. */
  readonly isMade: boolean
  readonly given: HashMap.HashMap<string, Power>
  readonly bars: HashMap.HashMap<string, Bar>
}

/** The powers before the first event. */
export const none = (room: string): Powers => ({ room, isMade: false, given: HashMap.empty(), bars: HashMap.empty() })

/** The kinds that change powers; `powersAfter` returns its argument for all others. */
export const isPowerKind = (kind: string): boolean => kind === "made" || kind === "power" || kind === "barred"

/** The power of a person (`ala@alpha`), whether barred or not. */
export const powerOf = ({ given, room }: Powers, person: string): Power => {
  if (room === hall && person.startsWith(`${operatorNick}@`)) return "owner"
  return Option.getOrElse(HashMap.get(given, person), () => usualPower)
}

/** Whether a power was given to the person in this room. */
export const wasGiven = ({ given }: Powers, person: string): boolean => HashMap.has(given, person)

/** The bar that a person is under at a time; undefined for none. */
export const barOf = ({ bars }: Powers, person: string, time: number): "mute" | "ban" | undefined => {
  const bar = Option.getOrUndefined(HashMap.get(bars, person))
  return bar !== undefined && time < bar.until ? bar.bar : undefined
}

/** Whether a person may say something in the room. */
export const maySpeak = (powers: Powers, person: string, time: number): boolean =>
  powerOf(powers, person) !== "reader" && barOf(powers, person, time) === undefined

/** Whether a person may set the topic, and remove what others have said. */
export const mayModerate = (powers: Powers, person: string, time: number): boolean =>
  isAtLeast(powerOf(powers, person), "moderator") && barOf(powers, person, time) === undefined

/** Whether a person may give this power to another, or take the power of another down to it. A person may step down. */
export const mayGive = (powers: Powers, author: string, person: string, power: Power, time: number): boolean => {
  const own = powerOf(powers, author)
  return mayModerate(powers, author, time) && rankOf(own) > rankOf(power) &&
    (person === author || rankOf(own) > rankOf(powerOf(powers, person)))
}

/** Whether a person may mute, kick or ban another, or end that. */
export const mayBar = (powers: Powers, author: string, person: string, time: number): boolean =>
  mayModerate(powers, author, time) && rankOf(powerOf(powers, author)) > rankOf(powerOf(powers, person))

/** Whether an event of a power counts where these are the powers before it. The time of an event is that of its origin. */
export const counts = (powers: Powers, event: LoggedEvent): boolean => {
  const said = saidIn(event)
  switch (said?.kind) {
    case "power":
      return mayGive(powers, event.author, said.body.person, said.body.power, event.time)
    case "barred":
      return mayBar(powers, event.author, said.body.person, event.time)
    case "made":
      return !powers.isMade
    default:
      return false
  }
}

/** The powers after an event: the same object if it changes none. */
export const powersAfter = (powers: Powers, event: LoggedEvent): Powers => {
  if (!isPowerKind(event.kind) || !counts(powers, event)) return powers
  const said = saidIn(event)
  switch (said?.kind) {
    case "made":
      return { ...powers, isMade: true, given: HashMap.set(powers.given, event.author, "owner") }
    case "power":
      return { ...powers, given: HashMap.set(powers.given, said.body.person, said.body.power) }
    case "barred":
      return { ...powers, bars: barsAfter(powers, said.body) }
    default:
      return powers
  }
}

/** A kick is over at once: the person may come again. */
const barsAfter = ({ bars }: Powers, { bar, person, until = Infinity }: BodyOf<"barred">): Powers["bars"] => {
  if (bar === "kick") return bars
  return bar === "none" ? HashMap.remove(bars, person) : HashMap.set(bars, person, { bar, until })
}

const rankOf = (power: Power): number => ranks.indexOf(power)

const isAtLeast = (power: Power, least: Power): boolean => rankOf(power) >= rankOf(least)
