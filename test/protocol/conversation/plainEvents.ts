/** Events of the right form without cryptography, for what is computed from events whose hashes and signatures were checked. */
import type { JsonObject } from "../../../src/protocol/conversation/CanonicalJson.ts"
import type { Event, EventRef } from "../../../src/protocol/conversation/Event.ts"
import type { Random } from "../../simulation/Random.ts"

export const originOf = (server: string): string => `${server}~${"0".repeat(48)}`

export const refOf = ({ origin, seq }: EventRef): EventRef => ({ origin, seq })

/** The room of a scene: every server knows all events before the one that it makes, unless a clock is given. */
export class Scene {
  readonly events: Array<Event> = []
  readonly room: string
  readonly #seqs = new Map<string, number>()
  #clock = 0

  constructor(room: string) {
    this.room = room
  }

  /** `author` is `ala@alpha`. */
  add(author: string, kind: string, body: JsonObject | null = {}, more: Partial<Event> = {}): Event {
    const origin = originOf(author.slice(author.indexOf("@") + 1))
    const seq = (this.#seqs.get(origin) ?? 0) + 1
    this.#seqs.set(origin, seq)
    this.#clock++
    const event: Event = {
      v: 1,
      origin,
      room: this.room,
      seq,
      clock: this.#clock,
      time: 1000 * this.#clock,
      author,
      device: "d",
      n: this.events.length,
      kind,
      salt: body === null ? null : "0".repeat(32),
      body,
      digest: "0".repeat(64),
      key: "0".repeat(64),
      hash: "0".repeat(64),
      sig: "0".repeat(128),
      ...more
    }
    this.#clock = Math.max(this.#clock, event.clock)
    this.events.push(event)
    return event
  }
}

export const shuffled = <A>(random: Random, items: ReadonlyArray<A>): ReadonlyArray<A> => {
  const rest = [...items]
  const mixed: Array<A> = []
  while (rest.length > 0) mixed.push(...rest.splice(random.integer(0, rest.length - 1), 1))
  return mixed
}

/** The beginning of a room, and events of all kinds by five people of three servers, many of which do not count. */
export const randomRoom = (random: Random, count: number): Scene => {
  const scene = new Scene("words/kyiv")
  const people = ["ala@alpha", "bo@alpha", "cyr@beta", "dana@gamma", "~eva@gamma"] as const
  if (random.chance(0.9)) scene.add(random.pick(people), "made", { app: "chat", access: "public" })
  for (let step = 0; step < count; step++) {
    const author = random.pick(people)
    const person = random.pick(people)
    const target = scene.events[random.integer(0, Math.max(0, scene.events.length - 1))]
    const re = target === undefined ? {} : { re: refOf(target) }
    const clock = random.chance(0.2) ? { clock: random.integer(1, scene.events.length + 5) } : {}
    const time = { time: random.integer(0, 40) * 1000 }
    const more = { ...clock, ...time }
    switch (random.integer(1, 14)) {
      case 1:
        scene.add(author, "made", { app: "chat", access: "public" }, more)
        break
      case 2:
      case 3:
        scene.add(author, "power", { person, power: random.pick(["owner", "moderator", "speaker", "reader"]) }, more)
        break
      case 4: {
        const until = random.chance(0.5) ? { until: random.integer(0, 40) * 1000 } : {}
        scene.add(author, "barred", { person, bar: random.pick(["mute", "ban", "kick", "none"]), ...until }, more)
        break
      }
      case 5:
        scene.add(author, "edited", { text: `edit ${step}` }, { ...more, ...re })
        break
      case 6:
        scene.add(author, "removed", {}, { ...more, ...re })
        break
      case 7:
        scene.add(author, "reacted", { sign: random.pick(["+", "-"]), isOff: random.chance(0.3) }, { ...more, ...re })
        break
      case 8:
        scene.add(author, "topic", { text: `topic ${step}` }, more)
        break
      case 9:
        scene.add(author, random.pick(["joined", "left"]), {}, more)
        break
      case 10:
        scene.add(author, "named", { name: random.pick(["ala", "zoe", "a b", "x\u202ey", "Ala"]) }, more)
        break
      case 11:
        scene.add(author, "file", { name: `plan ${step}.pdf`, bytes: step, sha256: "0".repeat(64) }, more)
        break
      case 12:
        scene.add(author, random.pick(["said", "unknown", "app"]), null, more)
        break
      default:
        scene.add(author, "said", { text: `text ${step}` }, { ...more, ...random.chance(0.2) ? { ...re, n: 0 } : {} })
    }
  }
  return scene
}
