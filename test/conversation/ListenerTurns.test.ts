import { describe, expect, it } from "vitest"
import { ListenerTurns, type TurnClient } from "../../src/conversation/ListenerTurns.ts"
import { oneAlarm } from "../suites/oneAlarm.ts"

const opened = () => {
  const clock = oneAlarm()
  const notes: Array<string> = []
  const turns = new ListenerTurns(clock.now, clock.makeAlarm)
  const client = (name: string) => {
    let at = Infinity
    const made: TurnClient & { setDeadline: (millis: number) => void } = {
      get deadline() {
        return at
      },
      setDeadline: (millis) => {
        at = millis
        turns.schedule(made)
      },
      onDeadline: (now) => {
        notes.push(`${name} at ${now}`)
        made.setDeadline(Infinity)
      },
      flush: () => notes.push(`${name} flushed`)
    }
    return made
  }
  return { ...clock, turns, notes, client }
}

describe("the turns of a listener", () => {
  it("have one alarm for the deadlines of all clients, also after they have changed", () => {
    const { client, notes, wait } = opened()
    const [one, other] = [client("one"), client("other")]
    one.setDeadline(100)
    other.setDeadline(50)
    other.setDeadline(200)
    wait(150)
    expect(notes).toEqual(["one at 100"])
    wait(100)
    expect(notes).toEqual(["one at 100", "other at 200"])
  })

  it("flush each client once, at the end of the turn", async () => {
    const { client, notes, turns } = opened()
    const [one, other] = [client("one"), client("other")]
    turns.flushLater(one)
    turns.flushLater(other)
    turns.flushLater(one)
    expect(notes).toEqual([])
    await Promise.resolve()
    expect(notes).toEqual(["one flushed", "other flushed"])
  })

  it("are over at their end", () => {
    const { client, isSet, notes, turns, wait } = opened()
    const one = client("one")
    one.setDeadline(100)
    turns.end()
    one.setDeadline(50)
    wait(200)
    expect([notes, isSet()]).toEqual([[], false])
  })
})
