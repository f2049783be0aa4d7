/** Finds the person that a reader means among those whom a room knows. */
import { isAlike, keysOf, type PersonReference } from "./Names.ts"

/**
 * The author that a person means, of `people`: the nick of each author. A nick without a server is that of the own `server`, or of the only
 * other one that has it; of two who have had it the later one counts. The text is what is wrong, as a sentence without a full stop.
 */
export const authorAmong = (
  people: ReadonlyMap<string, string>,
  server: string,
  reference: PersonReference
): { readonly author: string } | string => {
  const wanted = keysOf(reference.nick)
  const found = Array.from(people).filter(([author, nick]) =>
    keysOf(nick).fold === wanted.fold && (reference.server === undefined || author.endsWith(`@${reference.server}`))
  ).map(([author]) => author)
  const own = found.filter((author) => author.endsWith(`@${server}`))
  const [only, ...more] = own.length > 0 ? own.slice(-1) : found
  if (only === undefined) {
    const alike = Array.from(people.values()).find((nick) => isAlike(keysOf(nick), wanted))
    return `there is no ${reference.nick} in this room${alike === undefined ? "" : `; ${alike} looks like it`}`
  }
  return more.length > 0 ? `there are several of this nick; write ${reference.nick}@SERVER` : { author: only }
}
