/** Random play of rendezvous against a model that is written from the rules: who waits, who has met whom, what is relayed. */
import { expect, it } from "@effect/vitest"
import { attemptMillis, questionBytes, rendezvous } from "../../../src/apps/datagrams/Rendezvous.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { chanceOf } from "./seededChance.ts"

class Model {
  readonly told = new Map<number, Array<string>>()
  /** The word of each client that waits, and the meetings with their moment. */
  readonly #waiting = new Map<number, string>()
  #meetings: Array<{ readonly word: string; readonly of: readonly [number, number]; readonly at: number }> = []

  say(client: number, word: string, now: number): void {
    const own = this.#meetingOf(client)
    if (own?.word === word) return this.#tell(client, `peer ${addressOf(this.#otherOf(client, own.of))}`)
    this.leave(client)
    const other = Array.from(this.#waiting).find(([, waited]) => waited === word)?.[0]
    if (other === undefined) {
      this.#waiting.set(client, word)
      return this.#tell(client, "wait")
    }
    this.#waiting.delete(other)
    this.#meetings.push({ word, of: [client, other], at: now })
    this.#tell(other, `peer ${addressOf(client)}`)
    this.#tell(client, `peer ${addressOf(other)}`)
  }

  send(client: number, text: string, now: number): void {
    const meeting = this.#meetingOf(client)
    if (meeting !== undefined && now >= meeting.at + attemptMillis) this.#tell(this.#otherOf(client, meeting.of), text)
  }

  leave(client: number): void {
    this.#waiting.delete(client)
    this.#meetings = this.#meetings.filter(({ of }) => !of.includes(client))
  }

  #meetingOf(client: number) {
    return this.#meetings.find(({ of }) => of.includes(client))
  }

  #otherOf(client: number, [one, other]: readonly [number, number]): number {
    return one === client ? other : one
  }

  #tell(client: number, text: string): void {
    this.told.set(client, [...this.told.get(client) ?? [], text])
  }
}

const addressOf = (client: number): string => `192.0.2.${client}:${40_000 + client}`

it("follows its rules in random play", () => {
  let meetings = 0
  for (let seed = 1; seed <= 60; seed++) {
    const chance = chanceOf(seed)
    const play = new Rehearsal(rendezvous, { crypto })
    const model = new Model()
    const clients = Array.from({ length: 5 }, () => play.join())
    let now = 0
    for (let step = 0; step < 80; step++) {
      const at = chance(clients.length)
      const client = clients[at] ?? 0
      const choice = chance(10)
      if (choice < 5) {
        const word = ["dove", "owl", "jay"][chance(3)] ?? ""
        play.say(client, `meet ${word}`.padEnd(questionBytes))
        model.say(client, word, now)
      } else if (choice < 8) {
        play.say(client, `text ${step}`)
        model.send(client, `text ${step}`, now)
      } else if (choice < 9) {
        now += 3000
        play.wait(3000)
      } else {
        play.leave(client, "silent")
        model.leave(client)
        clients[at] = play.join()
      }
    }
    meetings += play.logged.length
    for (const [client, told] of model.told) expect([seed, client, play.told(client)]).toEqual([seed, client, told])
  }
  expect(meetings).toBeGreaterThan(100)
})
