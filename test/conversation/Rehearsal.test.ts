import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { type App, close, define, log, tell, tellAll, tellAllBut, tellSome } from "../../src/apps/App.ts"
import { echo } from "../../src/apps/dialogues/Echo.ts"
import { exampleOf, Rehearsal } from "../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../src/node/security/NodeCrypto.ts"

/** Greets, counts for all, sleeps for ten seconds after each message, throws on "throw". */
const counting: App<{ readonly count: number; readonly at: number }, { readonly step: number }> = {
  name: "counting",
  summary: "counts",
  config: Schema.Struct({
    step: Schema.optionalWith(Schema.NumberFromString.pipe(Schema.between(1, 9)), { default: () => 1 })
  }),
  audience: "all",
  mostMembers: 3,
  dialects: [{ transport: "tcp", framing: "auto", port: 9999 }],
  init: ({ step }) => ({ count: step - 1, at: Infinity }),
  on: (state, input, now) => {
    switch (input._tag) {
      case "Joined":
        return [state, [tell(input.member, `hello ${input.member}`), tellAllBut(input.member, "one more")]]
      case "Said":
        if (input.text === "throw") throw new Error("on purpose")
        if (input.text === "bye") return [state, [tell(input.member, "bye"), close(input.member)]]
        if (input.text === "some") return [state, [tellSome([3, 2, 1], "some")]]
        return [{ count: state.count + 1, at: now + 10_000 }, [tellAll(String(state.count + 1)), log("counted")]]
      case "Left":
        return [state, [tellAll(`${input.member} has left: ${input.reason}`)]]
      case "Woken":
        return [{ ...state, at: Infinity }, [tellAll("awake")]]
    }
  },
  deadline: ({ at }) => at,
  example: { steps: [] }
}

const rehearsal = (config = {}) => new Rehearsal(define(counting), { crypto, config })

describe("a rehearsal", () => {
  it("passes messages to one, to all, and to all but one", () => {
    const play = rehearsal()
    const [one, two] = [play.join(), play.join()]
    play.say(two, "x")
    expect(play.told(one)).toEqual(["hello 1", "one more", "1"])
    expect(play.told(two)).toEqual(["hello 2", "1"])
    expect(play.logged).toEqual(["counted"])
  })

  it("passes a message to some in the order given, without those that have left", () => {
    const play = rehearsal()
    const [one, two, three] = [play.join(), play.join(), play.join()]
    play.leave(two)
    play.say(one, "some")
    const last = play.happenings.filter((happening) => happening._tag === "Told").slice(-2)
    expect(last).toEqual([
      { _tag: "Told", client: three, message: "some" },
      { _tag: "Told", client: one, message: "some" }
    ])
  })

  it("wakes the app at its deadline, and not before", () => {
    const play = rehearsal({ step: "5" })
    const one = play.join()
    play.say(one, "x")
    play.wait(9999)
    expect(play.told(one)).toEqual(["hello 1", "5"])
    play.wait(1)
    expect(play.told(one)).toEqual(["hello 1", "5", "awake"])
    play.wait(60_000)
    expect(play.told(one)).toHaveLength(3)
  })

  it("ends a connection after what was told, and tells the app once that the client has left", () => {
    const play = rehearsal()
    const [one, two] = [play.join(), play.join()]
    play.say(one, "bye")
    play.say(one, "still there?")
    expect(play.told(one).at(-1)).toBe("bye")
    expect(play.told(two).at(-1)).toBe("1 has left: ended")
    expect(play.happenings).toContainEqual({ _tag: "Closed", client: one, reason: "ended" })
    expect(play.room.present().map(({ member }) => member)).toEqual([2])
  })

  it("keeps the state when the app throws, and ends the connection of that client only", () => {
    const play = rehearsal()
    const [one, two] = [play.join(), play.join()]
    play.say(one, "throw")
    play.say(two, "x")
    expect(play.defects).toHaveLength(1)
    expect(play.told(two).slice(-2)).toEqual(["1 has left: failed", "1"])
  })

  it("refuses clients beyond the limit of the app", () => {
    const play = rehearsal()
    for (let client = 0; client < 4; client++) play.join()
    expect(play.happenings.at(-1)).toEqual({ _tag: "Refused", client: 4, message: "\"counting\" is full" })
    play.leave(1)
    play.join()
    expect(play.told(5)).toEqual(["hello 4"])
  })

  it("throws for a wrong configuration, and tells which key", () => {
    expect(() => rehearsal({ step: "ten" })).toThrow(/step/)
    expect(() => rehearsal({ stop: "1" })).toThrow(/stop/)
  })

  it("plays the example of an app", () => {
    expect(exampleOf(echo, { crypto })).toEqual([
      { _tag: "Joined", client: 1 },
      { _tag: "Said", client: 1, message: "coo" },
      { _tag: "Told", client: 1, message: "coo" },
      { _tag: "Said", client: 1, message: "exit" },
      { _tag: "Closed", client: 1, reason: "ended" }
    ])
  })
})
