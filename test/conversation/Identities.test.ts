import { describe, expect, it } from "vitest"
import * as Identities from "../../src/conversation/Identities.ts"

const asker = (key: string) => ({ key, address: { host: "192.0.2.1", port: 1 } })

describe("guests", () => {
  it("have the nick that they ask for, a device of their own, and lose both at the end", () => {
    let devices = 0
    const guests = Identities.guests("alpha", () => `d${++devices}`)
    const ask = (key: string, nick: string | undefined) => {
      const answers: Array<Identities.Identity> = []
      guests.ask(asker(key), { _tag: "Nick", nick }, (identity) => answers.push(identity))
      return answers
    }
    expect(ask("1", "ala\n")).toEqual([{ _tag: "Attached", author: "~ala@alpha", nick: "~ala", device: "d1" }])
    expect(ask("2", "Ala")).toEqual([{ _tag: "Denied", reason: "the nick Ala is in use" }])
    expect(ask("2", undefined)).toEqual([{ _tag: "Denied", reason: "the nick is not text in UTF-8" }])
    expect(ask("1", "bo")).toEqual([{ _tag: "Attached", author: "~bo@alpha", nick: "~bo", device: "d1" }])
    expect(ask("2", "ala")).toEqual([{ _tag: "Attached", author: "~ala@alpha", nick: "~ala", device: "d2" }])
    guests.release("1")
    guests.release("none")
    expect(ask("3", "BO")).toEqual([{ _tag: "Attached", author: "~BO@alpha", nick: "~BO", device: "d3" }])
  })
})
