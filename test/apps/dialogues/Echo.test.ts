import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { echo } from "../../../src/apps/dialogues/Echo.ts"
import { answers, hostile, rehearsal, ScriptedClient, together } from "./transcript.ts"

const bytesOf = (message: string | Uint8Array): string => Buffer.from(message).toString("hex")

describe("echo", () => {
  it("sends each message back as it is, in order", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.uint8Array({ maxLength: 40 })), (messages) => {
        const play = rehearsal(echo)
        play.join()
        for (const message of messages) play.say(1, message)
        expect(play.told(1).map(bytesOf)).toEqual(messages.map(bytesOf))
      }),
      { numRuns: 200, seed: 9090 }
    )
    expect(answers(echo, hostile).map(String)).toHaveLength(hostile.length)
  })

  it.each(["exit", "exit\n", "exit\r\n"])("ends by %j, which is not sent back", (message) => {
    expect(answers(echo, ["coo", message, "more"])).toEqual(["coo", "closes: ended"])
  })

  it.each(["exit\n\n", "exit ", " exit", "EXIT", "exit now", "no\nexit"])("does not end by %j", (message) => {
    expect(answers(echo, [message])).toEqual([message])
  })

  it("sends half of a character back as half of one", () => {
    const play = rehearsal(echo)
    play.join()
    const half = Uint8Array.of(0xc5)
    play.say(1, half)
    expect(play.told(1)).toEqual([half])
  })
})

describe("the client of echo", () => {
  it("sends lines, shows the answers, and leaves by exit", () => {
    expect(together(echo, [])).toEqual([])
    const client = new ScriptedClient(echo.client).open().typed("coo").received("coo").typed("exit")
    expect(client.outputs).toEqual(["> coo", "coo", "> exit", "leaves"])
  })

  it("tells the number of bytes that are no text", () => {
    const client = new ScriptedClient(echo.client).open()
    client.on({ _tag: "Received", bytes: Uint8Array.of(0xff, 0x00), text: undefined })
    expect(client.outputs).toEqual(["2 bytes"])
  })
})
