import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import type { AccountQuestion, Answer, Remembered } from "../../../src/apps/App.ts"
import { identify, texts } from "../../../src/apps/dialogues/Identify.ts"
import { languages } from "../../../src/apps/Language.ts"
import { type Runs, runsOf } from "../../../src/conversation/AppRuns.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"
import { hostile, rehearsal, ScriptedClient, together, transcript } from "./transcript.ts"

const runsWith = (earlier: Remembered, config: Readonly<Record<string, string>> = {}): Runs => {
  const start = { seed: () => new Uint8Array(32), crypto, language: "en", now: () => 0 } as const
  return Either.getOrThrowWith(runsOf(identify, config, start, earlier), (reason) => new RangeError(reason))
}

describe("identify", () => {
  it("asks an unknown address for the name, and greets by it from then on", () => {
    const play = rehearsal(identify)
    play.join("192.0.2.1")
    play.say(1, "ala\r\n")
    play.join("::ffff:192.0.2.1")
    play.join("192.0.2.2")
    expect(transcript(play)).toEqual([
      "C1 joins",
      "S1 Who are you?",
      "C1 ala\r\n",
      `S1 Hello, ala\n${texts.en.changes}`,
      "S1 closes: ended",
      "C2 joins",
      "S2 Hello, ala",
      "S2 closes: ended",
      "C3 joins",
      "S3 Who are you?"
    ])
    expect(play.logged).toEqual(["192.0.2.1 says it is ala"])
  })

  it("takes one spelling of an IPv6 address for another", () => {
    const play = rehearsal(identify)
    play.join("2001:db8::1")
    play.say(1, "bo")
    play.join("2001:DB8:0:0::1")
    expect(play.told(2)).toEqual(["Hello, bo"])
  })

  it.each(languages)("says in %s that an address proves nothing, and asks again for what is no name", (language) => {
    const play = rehearsal(identify, { language })
    play.join()
    play.say(1, " ")
    play.say(1, "Zoe\u0308")
    expect(play.told(1).slice(1)).toEqual([
      `${texts[language].name}\nWho are you?`,
      `Hello, Zo\u00eb\n${texts[language].changes}`
    ])
  })

  it("takes hostile names for none, or for a name without anything invisible", () => {
    for (const message of hostile) {
      const play = rehearsal(identify)
      play.join()
      play.say(1, message)
      expect(play.told(1)).toHaveLength(2)
      expect(String(play.told(1)[1]).replaceAll("\n", "")).toMatch(/^[^\p{C}]{1,300}$/u)
      expect(play.defects).toEqual([])
    }
  })

  it("shows the operator the names of clients that are present", () => {
    const play = rehearsal(identify)
    play.join("192.0.2.1")
    play.join("192.0.2.1")
    play.say(1, "ala")
    expect(play.room.present().map(({ name }) => name)).toEqual(["ala"])
  })

  it("remembers names until the operator has them forgotten", () => {
    const play = rehearsal(identify)
    for (const [host, name] of [["192.0.2.1", "ala"], ["192.0.2.2", "bo"], ["192.0.2.3", "ala"]] as const) {
      play.say(play.join(host), name)
    }
    expect(play.room.remembered()).toEqual({ "192.0.2.1": "ala", "192.0.2.2": "bo", "192.0.2.3": "ala" })
    expect(play.room.forget("ala")).toBe(2)
    expect(play.told(play.join("192.0.2.3"))).toEqual(["Who are you?"])
    expect(play.told(play.join("192.0.2.2"))).toEqual(["Hello, bo"])
  })

  it("keeps a bounded number of names: the oldest is forgotten", () => {
    const hostOf = (at: number) => `10.0.${at >> 8}.${at & 255}`
    const earlier = Object.fromEntries(Array.from({ length: 4096 }, (_, at) => [hostOf(at), "x"]))
    const runs = runsWith(earlier)
    runs.on({ _tag: "Joined", member: 1, address: { host: "192.0.2.1", port: 1 } })
    runs.on({ _tag: "Said", member: 1, bytes: Buffer.from("ala"), text: "ala" })
    const names = Object.entries(runs.remembered() ?? {})
    expect(names).toHaveLength(4096)
    expect([names[0], names.at(-1)]).toEqual([[hostOf(1), "x"], ["192.0.2.1", "ala"]])
  })

  it("keeps nothing of a client that has left but the name of its address", () => {
    const runs = runsWith({ "192.0.2.1": "ala" })
    runs.on({ _tag: "Joined", member: 1, address: { host: "192.0.2.1", port: 1 } })
    expect(runs.nameOf(1)).toBe("ala")
    runs.on({ _tag: "Left", member: 1, reason: "ended" })
    expect(runs.nameOf(1)).toBeUndefined()
    expect(runs.remembered()).toEqual({ "192.0.2.1": "ala" })
  })

  describe("with accounts", () => {
    const config = { accounts: "true" }
    const ask = (question: AccountQuestion): Answer => {
      expect(question).toMatchObject({ _tag: "Password", isTokenless: true })
      return question._tag === "Password" && question.name === "ala" && question.password === " pass word "
        ? { _tag: "Welcome", name: "Ala", token: undefined }
        : { _tag: "Wrong" }
    }

    it("asks for the password of the account, and then knows the address by its name", () => {
      const play = rehearsal(identify, { config, ask })
      play.say(play.join("192.0.2.1"), "ala\r\n")
      play.say(1, " pass word \n")
      play.join("192.0.2.1")
      expect(transcript(play)).toEqual([
        "C1 joins",
        "S1 Who are you?",
        "C1 ala\r\n",
        "S1 Password: ",
        "C1  pass word \n",
        `S1 Hello, Ala\n${texts.en.changes}`,
        "S1 closes: ended",
        "C2 joins",
        "S2 Hello, Ala",
        "S2 closes: ended"
      ])
      expect(play.logged).toEqual(["192.0.2.1 has logged in as Ala"])
    })

    it("keeps no name without the right password, and ends the connection", () => {
      const play = rehearsal(identify, { config, ask })
      for (const name of ["ala", "bo"]) {
        const client = play.join("192.0.2.1")
        play.say(client, name)
        play.say(client, "wrong")
        expect(play.told(client)).toEqual(["Who are you?", "Password: ", "Wrong name or password"])
      }
      expect([play.room.remembered(), play.logged]).toEqual([{}, []])
    })

    it("checks nothing that comes before the answer, and nothing of a client that has left", () => {
      const runs = runsWith({}, config)
      runs.on({ _tag: "Joined", member: 1, address: { host: "192.0.2.1", port: 1 } })
      const said = (text: string) => runs.on({ _tag: "Said", member: 1, bytes: Buffer.from(text), text })
      expect([said("ala"), said("pass"), said("word")].map((outputs) => outputs.map(({ _tag }) => _tag))).toEqual([
        ["Tell"],
        ["Ask"],
        []
      ])
      runs.on({ _tag: "Left", member: 1, reason: "ended" })
      const answer = { _tag: "Welcome", name: "Ala", token: undefined } as const
      expect(runs.on({ _tag: "Answered", member: 1, answer })).toEqual([])
      expect([runs.remembered(), runs.isSecret, runsWith({}).isSecret]).toEqual([{}, true, false])
    })
  })

  it("has texts in all languages", () => {
    expectSameInAllLanguages(texts)
  })
})

describe("the client of identify", () => {
  it("asks what the app asks, and shows the greeting", () => {
    expect(together(identify, ["", "ala"])).toEqual([
      "? Who are you?",
      "> ",
      texts.en.name,
      "? Who are you?",
      "> ala",
      `Hello, ala\n${texts.en.changes}`
    ])
  })

  it("asks for the password of an account", () => {
    const client = new ScriptedClient(identify.client).open().received("Who are you?").typed("ala").received(
      "Password: "
    )
    client.typed("a pigeon flies").received("Wrong name or password")
    expect(client.outputs).toEqual([
      "? Who are you?",
      "> ala",
      "? Password: ",
      "> a pigeon flies",
      "Wrong name or password"
    ])
  })

  it("shows a greeting without a question, and takes a question in parts", () => {
    expect(new ScriptedClient(identify.client).open().received("Hello, bo\n").outputs).toEqual(["Hello, bo"])
    const client = new ScriptedClient(identify.client).open().typed("bo").received("Who are ").received("you?")
    expect(client.sent).toEqual(["bo"])
  })
})
