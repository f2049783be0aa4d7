/** Our client with the published servers: as a process where the command line matters, else its conversation alone, which is faster. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readLine } from "../../processes/documented.ts"
import { folder, tidy } from "../../processes/holub.ts"
import { joining } from "./Ours.ts"
import { talking } from "./OwnClient.ts"
import { datagrams } from "./scenes/datagrams.ts"
import { dialogues } from "./scenes/dialogues.ts"
import { chats, game, word } from "./scenes/rooms.ts"
import { hasPython, needsPython, type Options, Stage } from "./Stage.ts"

/** Those in which clients need the server only. */
const alone = datagrams.filter(({ service }) => !["datagram-chat", "rendezvous"].includes(service))

const headers: ReadonlyArray<readonly [framing: string, options: Options]> = [
  ["padded:10", { width: 10 }],
  ["padded:5,zeros", { width: 5, zeros: true }],
  ["padded:4,hex", { width: 4, hex: true }]
]

describe.skipIf(!hasPython).concurrent(`our client and a published server${needsPython}`, () => {
  let stage: Stage
  beforeAll(() => {
    stage = new Stage()
  })
  afterAll(tidy)

  it.each([...dialogues, ...chats, game, ...alone])("$title", async ({ play, server, service, transport }) => {
    await play(talking(await stage.server(service, server), service, { transport }))
  })

  it("words takes lines of a server that are cut at every byte", async () => {
    await game.play(talking(await stage.server("words", { players: 2, word, cut: true }), "words"))
  })

  it("sink sends datagrams", async () => {
    const client = await talking(await stage.server("sink-udp"), "sink", { transport: "udp" })()
    for (const line of ["one", "two"]) await client.says(line)
    client.end()
    await client.leaves()
  })

  it("palindrome ends at an empty line", async () => {
    const client = await talking(await stage.server("palindrome"), "palindrome")()
    await client.says("oko")
    await client.sees("yes")
    await client.says("")
    await client.leaves()
  })

  it("datagram-chat shows what others say", async () => {
    const open = talking(await stage.server("datagram-chat"), "datagram-chat", { transport: "udp" })
    const ala = await open()
    await ala.says("ala")
    const bo = await open()
    await bo.says("bo")
    await ala.sees("[bo] => join chat")
    await bo.says("ahoj")
    await ala.sees("[bo] :: ahoj")
    bo.end()
    await ala.sees("[bo] <= left chat")
  })

  it("rendezvous shows the address of the other", async () => {
    const open = talking(await stage.server("rendezvous"), "rendezvous", { transport: "udp" })
    const ala = await open()
    await ala.says("holub")
    await ala.sees("wait")
    const bo = await open()
    await bo.says("holub")
    await Promise.all([ala.sees(/127\.0\.0\.1:\d+/), bo.sees(/127\.0\.0\.1:\d+/)])
  })

  it.each(headers)(
    "isolates messages by a header with the framing %s, wherever it was cut",
    async (framing, options) => {
      const client = await talking(await stage.server("padded", options), "echo", { framing })()
      for (const line of ["coo", "holub 🐦"]) {
        await client.says(line)
        await client.sees(line)
      }
      client.end()
      await client.leaves()
      expect(client.screen).toBe("coo\nholub 🐦\n")
    }
  )

  it("isolates messages by a header with --framing, and logs four events of its connection", async () => {
    const served = await stage.server("padded", { width: 64 })
    const logFile = join(folder(), "client.log")
    const client = await joining(served, "echo", "tcp", ["--framing", "padded:64", "--log-file", logFile])()
    for (const line of ["coo", "holub 🐦"]) {
      await client.says(line)
      await client.sees(line)
    }
    client.end()
    await client.leaves()
    expect(client.screen).toBe("coo\nholub 🐦\n")
    const ofConnection = { app: "echo", transport: "tcp", peer: `127.0.0.1:${served.port}` }
    const events = readFileSync(logFile, "utf8").trimEnd().split("\n").map(readLine)
    expect(events.filter(({ app }) => app !== undefined)).toMatchObject([
      { type: "connected", ...ofConnection },
      { type: "sent", ...ofConnection, bytes: 3 },
      { type: "received", ...ofConnection, bytes: 3 },
      { type: "sent", ...ofConnection, bytes: 10 },
      { type: "received", ...ofConnection, bytes: 10 },
      { type: "disconnected", ...ofConnection, reason: "ended", receivedBytes: 13, sentBytes: 13 }
    ])
  })
})
