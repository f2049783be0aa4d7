/** Rooms of `words` in virtual time, and what happens in them as lines. */
import { words } from "../../../src/apps/games/Words.ts"
import { type Happening, Rehearsal, type RehearsalOptions } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"

/** A room in which these have sent their names; `pigeon` is the word. */
export const roomOf = (
  names: ReadonlyArray<string>,
  config: Readonly<Record<string, string>> = {},
  options: Partial<RehearsalOptions> = {}
): Rehearsal => {
  const play = new Rehearsal(words, { crypto, config: { list: "pigeon", ...config }, ...options })
  for (const name of names) play.say(play.join(), name)
  return play
}

/** What happened from a moment on, as `1> text` for what a client was told, `1x` for its end. */
export const since = (play: Rehearsal, start = 0): ReadonlyArray<string> =>
  play.happenings.slice(start).flatMap((one: Happening) =>
    one._tag === "Told" ? [`${one.client}> ${one.message}`] : one._tag === "Closed" ? [`${one.client}x`] : []
  )

/** What happens in `act`. */
export const during = (play: Rehearsal, act: () => void): ReadonlyArray<string> => {
  const start = play.happenings.length
  act()
  return since(play, start)
}
