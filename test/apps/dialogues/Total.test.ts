import { describe, expect, it } from "@effect/vitest"
import { total } from "../../../src/apps/dialogues/Total.ts"
import { Random } from "../../simulation/Random.ts"
import { agree, answers, hostile, rehearsal, together } from "./transcript.ts"

describe("total", () => {
  it("has one count over all connections, logs it as it grows, and ends each", () => {
    const play = rehearsal(total)
    for (let client = 1; client <= 7; client++) {
      play.join()
      play.say(client, "GET / HTTP/1.1\r\n\r\n")
      play.say(client, "more of the request")
      expect(play.told(client)).toEqual([`HTTP/1.1 200 OK\r\n\r\nTotal ${client}`])
      expect(play.happenings.at(-2)).toEqual({ _tag: "Closed", client, reason: "ended" })
    }
    expect(play.logged).toEqual([1, 2, 3, 4, 5, 6, 7].map((count) => `Total ${count}`))
  })

  it("does not count a connection that says nothing", () => {
    const play = rehearsal(total)
    play.join()
    play.leave(1)
    play.join()
    play.say(2, "x")
    expect(play.told(2)).toEqual(["HTTP/1.1 200 OK\r\n\r\nTotal 1"])
  })

  it("counts any bytes", () => {
    for (const message of hostile) {
      expect(answers(total, [message])).toEqual(["HTTP/1.1 200 OK\r\n\r\nTotal 1", "closes: ended"])
    }
  })

  it("answers under /api/total as JSON, without counting the request", () => {
    const random = new Random(43)
    const play = rehearsal(total)
    let count = 0
    for (let step = 0; step < 3000; step++) {
      const client = play.join()
      const isJson = random.chance(0.5)
      if (!isJson) count++
      play.say(client, isJson ? "GET /api/total HTTP/1.1\r\n\r\n" : random.pick(["x", "GET /api HTTP/1.1\r\n"]))
      agree(play.told(client), [
        isJson
          ? `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"total":${count}}`
          : `HTTP/1.1 200 OK\r\n\r\nTotal ${count}`
      ])
      play.happenings.length = 0
    }
    expect(play.logged).toHaveLength(count)
  })

  it("has a client that shows the count", () => {
    expect(together(total, []).slice(1)).toEqual(["Total 1", "leaves"])
  })
})
