import { describe, expect, it } from "@effect/vitest"
import type { ClientInput, ClientRun } from "../../../src/apps/AppClient.ts"
import { words } from "../../../src/apps/games/Words.ts"
import { wordsClient } from "../../../src/apps/games/WordsClient.ts"
import type { Language } from "../../../src/apps/Language.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"

/** A client with what its person answers, one line for each prompt. */
interface Seat {
  run: ClientRun
  readonly answers: Array<string>
  read: number
  readonly shown: Array<string>
  hasLeft: boolean
}

/** Clients and the app exchange messages until none is left. */
const playOut = (play: Rehearsal, seats: ReadonlyArray<Seat>): void => {
  const feed = (seat: Seat, client: number, input: ClientInput): void => {
    const [next, outputs] = seat.run.on(input)
    seat.run = next
    for (const output of outputs) {
      if (output._tag === "Show") seat.shown.push(output.text)
      else if (output._tag === "Send") play.say(client, output.message)
      else if (output._tag === "Leave") seat.hasLeft = true
      else feed(seat, client, { _tag: "Typed", line: seat.answers.shift() ?? "" })
    }
  }
  for (const seat of seats) {
    const client = play.join()
    feed(seat, client, { _tag: "Opened" })
  }
  for (let isDone = false; !isDone;) {
    isDone = true
    for (const [at, seat] of seats.entries()) {
      const message = play.told(at + 1)[seat.read]
      if (message === undefined) continue
      seat.read++
      isDone = false
      feed(seat, at + 1, { _tag: "Received", bytes: new Uint8Array(), text: String(message) })
    }
  }
}

const seatOf = (language: Language, ...answers: Array<string>): Seat => ({
  run: wordsClient.start(language),
  answers,
  read: 0,
  shown: [],
  hasLeft: false
})

describe("clients of words", () => {
  it("play a whole game with the app, and leave when it is over", () => {
    const play = new Rehearsal(words, { crypto, config: { players: "2", list: "pigeon" } })
    const seats = [seatOf("en", "ala", "P", "z", "pigeon"), seatOf("sk", "bo", "penguin", "/letter g", "/letter x")]
    playOut(play, seats)
    expect(seats.map(({ hasLeft }) => hasLeft)).toEqual([true, true])
    expect(seats[1]?.shown).toEqual([
      "bo joins (2 of 2)",
      "The game begins: ala, bo",
      "Word: ******",
      "On turn: ala",
      "ala names the letter p",
      "Word: p*****",
      "On turn: ala",
      "ala names the letter z",
      "Word: p*****",
      "On turn: bo",
      "Wrong: all your points are gone",
      "Word: p*****",
      "On turn: ala",
      "ala says the word pigeon",
      "The word was: pigeon",
      "The game is over",
      "1. ala: 12",
      "2. bo: 0"
    ])
    expect(play.room.present()).toEqual([])
  })
})
