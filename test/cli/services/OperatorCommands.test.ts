import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { echo } from "../../../src/apps/dialogues/Echo.ts"
import { identify } from "../../../src/apps/dialogues/Identify.ts"
import * as OperatorCommands from "../../../src/cli/services/OperatorCommands.ts"
import { firstMoment, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"

const crypto = nodeCrypto

const running = () => {
  const [one, two] = [new Rehearsal(echo, { crypto }), new Rehearsal(identify, { crypto })]
  const kept: Array<
    OperatorCommands.Operated["history"] extends { events: () => ReadonlyArray<infer Past> } ? Past : never
  > = []
  const history = { events: () => kept, clear: () => void kept.splice(0) }
  const run = (line: string): string => {
    const command = OperatorCommands.parse(line)
    if (Either.isLeft(command)) return command.left
    return OperatorCommands.execute(command.right, { rooms: [one.room, two.room], history, now: firstMoment + 5000 })
      .join("\n")
  }
  return { one, two, kept, run }
}

describe("the operator", () => {
  it("sees the clients of all rooms, and ends the connection of one by its name or its address", () => {
    const { one, run, two } = running()
    expect(run("who")).toBe("no client is connected")
    one.join("192.0.2.1")
    const client = two.join("192.0.2.2")
    two.say(client, "Ala")
    one.say(1, "ahoj")
    expect(run(" WHO ").split("\n")[0]).toBe("echo: 192.0.2.1:40001, for 5.00 s: 4 B received, 4 B sent")
    expect(run("kick 192.0.2.1:40001")).toBe("192.0.2.1:40001 is disconnected from echo")
    expect(one.happenings.at(-1)).toMatchObject({ _tag: "Closed", reason: "kicked" })
    expect(run("kick 192.0.2.1:40001")).toMatch(/^no client is called/)
  })

  it("has no new clients taken, and takes them again", () => {
    const { one, run } = running()
    run("pause")
    one.join()
    expect(one.happenings.at(-1)).toMatchObject({ _tag: "Refused" })
    expect(run("who")).toContain("no new clients are taken until resume")
    run("resume")
    one.join()
    expect(one.happenings.at(-1)).toMatchObject({ _tag: "Joined" })
  })

  it("sees the remembered names, and has one forgotten", () => {
    const { run, two } = running()
    expect(run("accounts")).toBe("no names are remembered")
    const client = two.join("192.0.2.2")
    two.say(client, "Ala")
    expect(run("accounts")).toBe("identify: Ala, known by 192.0.2.2")
    expect(run("accounts forget Bo")).toMatch(/^no room remembers "Bo"/)
    expect(run("accounts forget Ala")).toBe("forgot \"Ala\" and 1 address")
    expect(run("accounts")).toBe("no names are remembered")
  })

  it("sees the latest events again, with what clients have sent made harmless, and empties them", () => {
    const { kept, run } = running()
    const peer = { host: "192.0.2.1", port: 7 }
    const about = { app: "echo", transport: "tcp", peer } as const
    kept.push({ event: { _tag: "ServiceReceived", ...about, bytes: 3, text: "a\u001b[2J" }, millis: firstMoment })
    kept.push({ event: { _tag: "ServiceLogged", app: "sink", text: "b\nc" }, millis: firstMoment })
    const [received, logged] = run("log").split("\n")
    expect(received).toMatch(/^\d\d:\d\d:\d\d echo: 3 B from 192\.0\.2\.1:7: a\\u\{1b\}\[2J$/)
    expect(logged).toMatch(/ sink: b\\u\{a\}c$/)
    expect(run("log clear")).toBe("the log is empty")
    expect(run("log")).toBe("no events yet")
  })

  it.each([
    ["whom", /no command "whom"; did you mean who\?/],
    ["dance", /no command "dance"; help lists them/],
    ["kick", /kick NAME/],
    ["stop now", /stop takes no further words/],
    ["log everything", /log, or log clear/],
    ["accounts forget", /accounts forget NAME/],
    ["links", /no linked servers/]
  ])("that writes %j gets an answer", (line, answer) => {
    expect(running().run(line)).toMatch(answer)
  })

  it("sees every command in the help", () => {
    const help = running().run("help")
    for (const words of OperatorCommands.words) expect(help).toContain(words)
  })
})
