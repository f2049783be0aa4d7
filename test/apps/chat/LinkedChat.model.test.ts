/** Two servers, ours or as published, that are clients of each other: what is said on either reaches each client once. */
import { describe, expect, it } from "@effect/vitest"
import { linkedChat } from "../../../src/apps/chat/LinkedChat.ts"
import { copyMillis, windowMillis } from "../../../src/apps/chat/LinkedLimits.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { Random } from "../../simulation/Random.ts"

/** A server with clients 0 and 1. */
interface Side {
  readonly say: (client: 0 | 1, text: string) => void
  readonly seen: (client: 0 | 1) => ReadonlyArray<string>
  /** A text with a header, on the connection that the other server has opened. */
  readonly framed: (text: string) => void
  /** A read on the connection that this server has opened. */
  readonly bare: (text: string) => void
  /** What it has sent since the last call: texts with headers on its connection, and bare ones to that of the other. */
  readonly sent: () => { readonly framed: ReadonlyArray<string>; readonly bare: ReadonlyArray<string> }
  readonly wait: (millis: number) => void
}

const ours = (): Side => {
  const play = new Rehearsal(linkedChat, { crypto, config: { peer: "192.0.2.9~2001" } })
  const clients = [play.join(), play.join()] as const
  const inbound = play.join("192.0.2.9")
  const server = play.join("192.0.2.9", { host: "192.0.2.9", port: 2001 })
  let read = 0
  return {
    say: (client, text) => play.say(clients[client], text),
    seen: (client) => play.told(clients[client]).map(String),
    framed: (text) => play.say(inbound, text),
    bare: (text) => play.say(server, text),
    sent: () => {
      const told = play.happenings.slice(read).flatMap((one) => one._tag === "Told" ? [one] : [])
      read = play.happenings.length
      const to = (client: number) => told.filter((one) => one.client === client).map(({ message }) => String(message))
      return { framed: to(server), bare: to(inbound) }
    },
    wait: (millis) => play.wait(millis)
  }
}

/** As published: it sends each text to all and to the other server, whoever said it, unless it is the text before. */
const published = (): Side => {
  const seen: [Array<string>, Array<string>] = [[], []]
  let last: string | undefined
  let out: { framed: Array<string>; bare: Array<string> } = { framed: [], bare: [] }
  const take = (text: string): void => {
    if (text === last) return
    last = text
    for (const client of seen) client.push(text)
    out.bare.push(text)
    out.framed.push(text)
  }
  return {
    say: (_, text) => take(text),
    seen: (client) => seen[client],
    framed: take,
    bare: () => undefined,
    sent: () => {
      const sent = out
      out = { framed: [], bare: [] }
      return sent
    },
    wait: () => undefined
  }
}

/** A connection: messages that are on their way, and since when. */
type Way = Array<{ readonly text: string; readonly at: number }>

/** The longest time on the way, in milliseconds: below the waits of ours. */
const longestMillis = 30

/** Lets the sides talk, with texts on four ways that are delivered in any order, bare ones also several in one read. */
class Network {
  readonly #sides: readonly [Side, Side]
  readonly #ways: ReadonlyArray<{ readonly way: Way; readonly deliver: () => void }>
  readonly #random: Random
  #now = 0

  constructor(random: Random, one: Side, other: Side) {
    this.#sides = [one, other]
    this.#random = random
    this.#ways = this.#sides.flatMap((_, at) => {
      const to = at === 0 ? other : one
      const framed: Way = []
      const bare: Way = []
      return [
        { way: framed, deliver: () => to.framed(framed.shift()?.text ?? "") },
        {
          way: bare,
          deliver: () => to.bare(bare.splice(0, random.integer(1, 3)).map(({ text }) => text).join(""))
        }
      ]
    })
  }

  say(side: 0 | 1, client: 0 | 1, text: string): void {
    this.#sides[side].say(client, text)
    this.#gather()
  }

  /** Lets time pass. */
  run(millis: number): void {
    for (const end = this.#now + millis; this.#now < end; this.#now++) {
      const full = this.#ways.filter(({ way }) => way.length > 0)
      const late = full.find(({ way }) => (way[0]?.at ?? Infinity) <= this.#now - longestMillis)
      const [first, ...others] = full
      const next = late ??
        (first !== undefined && this.#random.chance(0.5) ? this.#random.pick([first, ...others]) : undefined)
      next?.deliver()
      for (const side of this.#sides) side.wait(1)
      this.#gather()
    }
  }

  #gather(): void {
    for (const [at, side] of this.#sides.entries()) {
      const { bare, framed } = side.sent()
      for (const text of framed) this.#ways[2 * at]?.way.push({ text, at: this.#now })
      for (const text of bare) this.#ways[2 * at + 1]?.way.push({ text, at: this.#now })
    }
  }
}

/** None is the beginning of another: published servers and clients cannot tell those apart either. */
const words = ["ok.", "yes.", "no.", "which one?", "always."] as const

const countsOf = (texts: ReadonlyArray<string>): ReadonlyArray<readonly [string, number]> =>
  [...new Set(texts)].toSorted().map((text) => [text, texts.filter((one) => one === text).length])

/** Each client says who it is, so that each server learns which client the other one is, and whether it sends texts back. */
const introduced = (network: Network, said: Array<string>): void => {
  for (const [round, side] of ([0, 1, 0] as const).entries()) {
    for (const client of [0, 1] as const) {
      const text = `I am ${side}${client}, ${round}.`
      said.push(text)
      network.say(side, client, text)
      network.run(copyMillis + 100)
    }
  }
}

const seeds = Array.from({ length: 8 }, (_, at) => at + 1)

describe("two linked servers", () => {
  it.each(seeds)("of ours: each text is seen as often as it was said, also in a row and on both sides (%i)", (seed) => {
    const random = new Random(seed)
    const sides = [ours(), ours()] as const
    const network = new Network(random, ...sides)
    const said: Array<string> = []
    introduced(network, said)
    for (let step = 0; step < 150; step++) {
      const text = random.pick(words)
      const [side, client] = [random.pick([0, 1] as const), random.pick([0, 1] as const)]
      for (let times = random.chance(0.3) ? 2 : 1; times > 0; times--) {
        said.push(text)
        network.say(side, client, text)
      }
      network.run(random.pick([0, 1, 5, 60, 300]))
    }
    network.run(2 * windowMillis)
    for (const side of sides) {
      for (const client of [0, 1] as const) expect(countsOf(side.seen(client))).toEqual(countsOf(said))
    }
  })

  it.each(seeds)("one of them published: each text is seen once, and nothing circles (%i)", (seed) => {
    const random = new Random(seed)
    const sides = [ours(), published()] as const
    const network = new Network(random, ...sides)
    const said: Array<string> = []
    introduced(network, said)
    for (let step = 0; step < 100; step++) {
      // The published server drops a text that it has just sent: here each is another one.
      const text = `${random.pick(words)} ${step}!`
      said.push(text)
      network.say(random.pick([0, 1] as const), random.pick([0, 1] as const), text)
      network.run(random.pick([0, 1, 5, 60, 300]))
    }
    network.run(2 * windowMillis)
    for (const side of sides) {
      for (const client of [0, 1] as const) expect(countsOf(side.seen(client))).toEqual(countsOf(said))
    }
  })
})
