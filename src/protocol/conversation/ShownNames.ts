/** How the people of a room are called in it: `ala`, or `ala@beta` where two of different servers have a nick that looks the same. */
import { keysOf } from "./Names.ts"

/** A nick, and the name of the server that it is unique on. */
export interface ServerNick {
  readonly nick: string
  readonly server: string
}

/** The name of each, in their order. Those of one server never meet; a nick of one server only stands alone. */
export const shownNamesOf = (people: ReadonlyArray<ServerNick>): ReadonlyArray<string> => {
  const servers = new Map<string, string | undefined>()
  const keyed = people.map((person) => {
    const { fold, look } = keysOf(person.nick)
    const keys = [`fold ${fold}`, `look ${look}`]
    for (const key of keys) {
      servers.set(key, !servers.has(key) || servers.get(key) === person.server ? person.server : undefined)
    }
    return { person, keys }
  })
  return keyed.map(({ keys, person }) =>
    keys.every((key) => servers.get(key) !== undefined) ? person.nick : longNameOf(person)
  )
}

/** `ala@beta`. */
export const longNameOf = ({ nick, server }: ServerNick): string => `${nick}@${server}`
