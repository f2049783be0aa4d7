import { describe, expect, it } from "@effect/vitest"
import { sink } from "../../../src/apps/dialogues/Sink.ts"
import { hostile, rehearsal, ScriptedClient, transcript } from "./transcript.ts"

describe("sink", () => {
  it("logs which client has connected and what each read gave, and answers nothing", () => {
    const play = rehearsal(sink)
    play.join("192.0.2.7")
    play.join("2001:db8::7")
    play.say(1, "coo\n")
    play.say(2, Uint8Array.of(0xff, 0x00, 0x10))
    play.say(1, "")
    play.leave(1)
    expect(play.logged).toEqual([
      "192.0.2.7:40001 has connected",
      "[2001:db8::7]:40002 has connected",
      "192.0.2.7:40001: coo\n",
      "[2001:db8::7]:40002: ff 00 10 (3 bytes)",
      "192.0.2.7:40001: "
    ])
    expect(transcript(play).filter((line) => line.startsWith("S"))).toEqual([])
  })

  it("logs a bounded part of a long read", () => {
    const play = rehearsal(sink)
    play.join()
    for (const message of [...hostile, Buffer.alloc(60_000, 0xff)]) play.say(1, message)
    expect(play.logged.filter((line) => line.length > 1100)).toEqual([])
    expect(play.logged.at(-1)).toMatch(/ff ff … \(60000 bytes\)$/)
    expect(play.logged).toHaveLength(hostile.length + 2)
  })

  it("has a client that sends lines", () => {
    expect(new ScriptedClient(sink.client).open().typed("a", "", "b").sent).toEqual(["a", "", "b"])
  })
})
