import { describe, expect, it } from "@effect/vitest"
import type { ClientInput } from "../../../src/apps/AppClient.ts"
import { letstalk, mostTextUnits, texts } from "../../../src/apps/chat/LetsTalk.ts"
import { exampleOf, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { Random } from "../../simulation/Random.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"

/** A room in which clients 1, 2, … have these names. */
const roomOf = (...names: ReadonlyArray<string>): Rehearsal => {
  const play = new Rehearsal(letstalk, { crypto })
  for (const name of names) play.say(play.join(), name)
  return play
}

describe("letstalk", () => {
  it("tells all but the newcomer who enters, and everybody what is said and who leaves", () => {
    const play = roomOf("ala", "bo", "cy")
    play.say(2, "is the kettle on?")
    play.leave(2)
    play.say(3, "always")
    expect(play.told(1)).toEqual([
      "User bo has entered room",
      "User cy has entered room",
      "bo: is the kettle on?",
      "User bo has left room",
      "cy: always"
    ])
    expect(play.told(2)).toEqual(["User cy has entered room", "bo: is the kettle on?"])
    expect(play.told(3)).toEqual(["bo: is the kettle on?", "User bo has left room", "cy: always"])
    expect(play.logged).toEqual(["User bo say is the kettle on?", "User cy say always"])
  })

  it("refuses a name that is taken, also in another case, and asks again", () => {
    const play = roomOf("Ала")
    play.join()
    play.say(2, "аЛА")
    play.say(2, "bo")
    expect(play.told(2)).toEqual(["The name аЛА is taken. Please send another one"])
    expect(play.told(1)).toEqual(["User bo has entered room"])
  })

  it.each(["", "  ", "a\u001b[2J", "ala\nbo", "ala: hi", "\u202eala", "x".repeat(33)])(
    "refuses the name %j",
    (name) => {
      const play = roomOf("ala", name)
      expect(play.told(2)).toEqual(["This cannot be a name. Please send another one"])
      expect(play.told(1)).toEqual([])
    }
  )

  it("lets a name be taken again after its owner has left", () => {
    const play = roomOf("ala", "bo")
    play.leave(2, "reset")
    play.say(play.join(), "BO")
    expect(play.told(1).slice(-2)).toEqual(["User bo has left room", "User BO has entered room"])
  })

  it("tells a client without a name nothing, and its departure to no other", () => {
    const play = roomOf("ala")
    play.join()
    play.say(1, "hello?")
    play.leave(2)
    expect(play.told(2)).toEqual([])
    expect(play.told(1)).toEqual(["ala: hello?"])
  })

  it("removes from a text what would act on the terminals of others", () => {
    const play = roomOf("ala", "bo")
    play.say(2, "a\tb\u001b[31m\u009b1mc\u0000\r\n")
    play.say(2, "x\nala: y\r\nz")
    play.say(2, "\u202eabc")
    play.say(2, "\u0007\r\n")
    expect(play.told(1).slice(1)).toEqual(["bo: a\tb[31m1mc", "bo: x ala: y z", "bo: abc"])
    expect(play.logged.at(-1)).toBe("User bo say abc")
  })

  it("does not send a text that is too long or is not UTF-8, and says so to its sender only", () => {
    const play = roomOf("ala", "bo")
    play.say(2, "x".repeat(mostTextUnits))
    play.say(2, "x".repeat(mostTextUnits + 1))
    play.say(2, Uint8Array.of(0xff))
    expect(play.told(2).slice(1)).toEqual([
      "The text has more than 4096 characters and was not sent",
      "The message is not text in UTF-8 and was not sent"
    ])
    expect(play.told(1)).toHaveLength(2)
  })

  it("names its clients for the operator", () => {
    const play = roomOf("ala", "")
    expect(play.room.present().map(({ name }) => name)).toEqual(["ala", undefined])
  })

  it("follows a model of its rules in random play", () => {
    const names = ["ala", "Ala", "ALA", "bo", "", "dora", "Ďuro", "ďuro", "a:b"] as const
    for (let seed = 1; seed <= 10; seed++) {
      const random = new Random(seed)
      const play = new Rehearsal(letstalk, { crypto })
      const model = new Model()
      for (let step = 0; step < 200; step++) {
        const client = random.pick([0, ...model.present.keys()])
        if (client === 0) model.join(play.join())
        else if (random.chance(0.2)) {
          model.leave(client)
          play.leave(client, random.pick(["ended", "reset"]))
        } else {
          const text = random.pick(names)
          model.say(client, text)
          play.say(client, text)
        }
      }
      for (const [client, expected] of model.told) expect(play.told(client)).toEqual(expected)
      expect(play.defects).toEqual([])
    }
  })

  it("has its texts in all languages", () => {
    expectSameInAllLanguages(texts)
    const play = new Rehearsal(letstalk, { crypto, language: "sr" })
    play.say(play.join(), "")
    expect(play.told(1)).toEqual(["Ово не може бити име. Пошаљите друго"])
  })

  it("has an example without defects", () => {
    const told = exampleOf(letstalk, { crypto }).flatMap((one) => one._tag === "Told" ? [one.message] : [])
    expect(told).toContain("bo: is the kettle on?")
    expect(told.at(-1)).toBe("User bo has left room")
  })
})

describe("the client of letstalk", () => {
  it("asks for a name, sends lines, and shows what it gets", () => {
    const outputsOf = (inputs: ReadonlyArray<ClientInput>) => {
      let run = letstalk.client?.start("en")
      return inputs.map((input) => {
        const [next, outputs] = run?.on(input) ?? []
        run = next
        return outputs
      })
    }
    expect(outputsOf([
      { _tag: "Opened" },
      { _tag: "Typed", line: "ala" },
      { _tag: "Typed", line: "" },
      { _tag: "Received", bytes: Uint8Array.of(104, 105), text: "hi" },
      { _tag: "Received", bytes: Uint8Array.of(255), text: undefined },
      { _tag: "Ended" }
    ])).toEqual([
      [{ _tag: "Ask", prompt: "Your name: " }],
      [{ _tag: "Send", message: "ala" }],
      [],
      [{ _tag: "Show", text: "hi" }],
      [{ _tag: "Show", text: "1 bytes" }],
      []
    ])
  })
})

/** The rules of letstalk, written without a look at the app. */
class Model {
  readonly present = new Map<number, string | undefined>()
  readonly told = new Map<number, Array<string>>()

  join(client: number): void {
    this.present.set(client, undefined)
    this.told.set(client, [])
  }

  say(client: number, text: string): void {
    const name = this.present.get(client)
    if (name !== undefined) {
      if (text !== "") this.#tellNamed(`${name}: ${text}`)
    } else if (text === "" || text.includes(":")) {
      this.told.get(client)?.push("This cannot be a name. Please send another one")
    } else if (Array.from(this.present.values()).some((other) => other?.toLowerCase() === text.toLowerCase())) {
      this.told.get(client)?.push(`The name ${text} is taken. Please send another one`)
    } else {
      this.#tellNamed(`User ${text} has entered room`)
      this.present.set(client, text)
    }
  }

  leave(client: number): void {
    const name = this.present.get(client)
    this.present.delete(client)
    if (name !== undefined) this.#tellNamed(`User ${name} has left room`)
  }

  #tellNamed(text: string): void {
    for (const [client, name] of this.present) if (name !== undefined) this.told.get(client)?.push(text)
  }
}
