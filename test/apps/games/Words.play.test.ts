/** Random play against a model of the rules, and what holds whatever the players do. */
import { beforeAll, describe, expect, it } from "@effect/vitest"
import { words } from "../../../src/apps/games/Words.ts"
import { type Happening, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { Random } from "../../simulation/Random.ts"
import { WordsModel } from "./WordsModel.ts"
import { since } from "./wordsRoom.ts"

const secrets = ["pigeon", "banana", "žirafa", "јабука", "zz", "м'ята"] as const

/** A room and its model, played at random together. Throws at the first difference. */
const played = (seed: number, steps: number): Rehearsal => {
  const random = new Random(seed)
  const secret = random.pick(secrets)
  const players = random.integer(2, 20)
  const spectators = random.chance(0.5)
  const config = { list: secret, players: String(players), spectators: String(spectators) }
  const play = new Rehearsal(words, { crypto, config, seed })
  const model = new WordsModel(players, spectators, secret)
  for (let step = 0; step < steps; step++) {
    const start = play.happenings.length
    const what = act(random, play, model, secret, players)
    const [lines, expected] = [since(play, start), model.take()]
    if (lines.join("\n") !== expected.join("\n")) expect(lines, `seed ${seed}, step ${step}: ${what}`).toEqual(expected)
    const present = play.room.present().length
    if (present !== model.connected.size) expect.fail(`seed ${seed}, step ${step}: ${present} clients`)
  }
  expect(play.defects).toEqual([])
  return play
}

/** One step: a client joins, says something, or leaves, or time passes. */
const act = (random: Random, play: Rehearsal, model: WordsModel, secret: string, players: number): string => {
  const chance = random.number(0, 1)
  if (chance < (model.turn === 0 ? 0.6 : 0.08) || model.connected.size < Math.min(players, 3)) {
    const client = play.join()
    model.join(client)
    const name = random.chance(0.8) ? `p${random.integer(0, 40)}` : random.pick(["", "/letter a", "P1", "p1"])
    if (random.chance(0.1)) return "join"
    play.say(client, name)
    if (model.connected.has(client)) model.say(client, name)
    return `join as ${name}`
  }
  if (chance > 0.93) {
    const millis = random.pick([1000, 20_000, 59_999, 60_000, 120_000, 300_000])
    play.wait(millis)
    model.wait(millis)
    return `wait ${millis}`
  }
  const client = model.turn !== 0 && random.chance(0.7) ? model.turn : random.pick([0, ...model.connected])
  if (client === 0) return "nothing"
  if (chance > 0.9) {
    play.leave(client, "reset")
    model.leave(client)
    return `${client} leaves`
  }
  const letters = [...secret, ..."xqvabc"]
  const letter = letters[random.integer(0, letters.length - 1)] ?? "x"
  const text = random.pick([
    `/letter ${letter}`,
    `/letter ${letter}`,
    `/letter ${letter}`,
    `/letter ${letter.toUpperCase()}`,
    `/word ${random.chance(0.15) ? secret : "wrong"}`,
    "/letter ab",
    "/letters",
    `p${random.integer(0, 40)}`,
    ""
  ])
  play.say(client, text)
  model.say(client, text)
  return `${client} says ${text}`
}

let plays: ReadonlyArray<Rehearsal> = []

beforeAll(() => {
  plays = Array.from({ length: 12 }, (_, at) => played(at + 1, 250))
})

/** The messages and ends of one client in their order. */
const ofClients = (play: Rehearsal): ReadonlyArray<ReadonlyArray<Happening>> => {
  const clients = new Map<number, Array<Happening>>()
  for (const one of play.happenings) {
    if (one._tag === "Waited") continue
    const list = clients.get(one.client) ?? []
    clients.set(one.client, list)
    list.push(one)
  }
  return Array.from(clients.values())
}

describe("words in random play", () => {
  it("follows the model, and games are begun, solved, watched and left", () => {
    const logged = plays.flatMap((play) => play.logged)
    expect(logged.filter((line) => line.startsWith("the game begins")).length).toBeGreaterThan(20)
    expect(logged.filter((line) => line.startsWith("the game is over: 1")).length).toBeGreaterThan(10)
    const told = new Set(
      plays.flatMap((play) => play.happenings.flatMap((one) => one._tag === "Told" ? [one.message] : []))
    )
    const kinds = [
      / watches$/,
      / and is out$/,
      /passes on$/,
      /^Wrong/,
      /^Right/,
      /was named before$/,
      /not your turn$/,
      /come back/,
      /is taken/
    ]
    for (const kind of kinds) expect(Array.from(told).some((line) => kind.test(String(line))), String(kind)).toBe(true)
  })

  it("sends nothing to a client that has left, and /quit before each end of a connection", () => {
    for (const happenings of plays.flatMap(ofClients)) {
      const end = happenings.findIndex(({ _tag }) => _tag === "Left" || _tag === "Closed")
      if (end < 0) continue
      expect(happenings.slice(end + 1).filter(({ _tag }) => _tag !== "Said")).toEqual([])
      if (happenings[end]?._tag !== "Closed") continue
      expect(happenings.slice(0, end).findLast(({ _tag }) => _tag === "Told")).toMatchObject({ message: "/quit" })
    }
  })

  it("asks exactly the player that it says is on turn", () => {
    for (const play of plays) {
      const owners = new Map<string, number>()
      let speaker = 0
      let announced = ""
      let asked = 0
      for (const one of play.happenings) {
        if (one._tag === "Said") speaker = one.client
        if (one._tag !== "Told") continue
        const line = String(one.message)
        const joined = / joins \(/.exec(line)
        if (joined !== null) owners.set(line.slice(0, joined.index), speaker)
        if (line.startsWith("On turn: ")) announced = line.slice(9)
        if (line !== "/turn") continue
        asked++
        if (owners.get(announced) !== one.client) expect.fail(`${one.client} is asked, ${announced} is on turn`)
      }
      expect(asked).toBeGreaterThan(0)
    }
  })

  it("never has points below zero, and never shows the word before it is solved or said", () => {
    for (const play of plays) {
      let isOpen = true
      for (const one of play.happenings) {
        if (one._tag === "Said" && String(one.message).startsWith("/word ")) isOpen = true
        if (one._tag !== "Told") continue
        const line = String(one.message)
        if (line.startsWith("The game begins")) isOpen = false
        if (line.startsWith("The word was") || line.startsWith("Congratulations")) isOpen = true
        if (!isOpen && secrets.some((secret) => secret !== "zz" && line.includes(secret))) expect.fail(line)
        if (/-\d/.test(line)) expect.fail(line)
      }
    }
  })
})
