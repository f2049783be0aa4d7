/** Our client with the published servers: as a process where the command line matters, else its conversation alone, which is faster. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { tidy } from "../../processes/holub.ts"
import { joining } from "./Ours.ts"
import { talking } from "./OwnClient.ts"
import { chats, datagrams, dialogues, game } from "./scenes.ts"
import { hasPython, needsPython, Stage } from "./Stage.ts"

/** Those in which clients need the server only. */
const alone = datagrams.filter(({ service }) => !["datagram-chat", "rendezvous"].includes(service))

describe.skipIf(!hasPython).concurrent(`our client and a published server${needsPython}`, () => {
  let stage: Stage
  beforeAll(() => {
    stage = new Stage()
  })
  afterAll(tidy)

  it.each([...dialogues, ...chats, game, ...alone])("$title", async ({ play, server, service, transport }) => {
    await play(talking(await stage.server(service, server), service, transport))
  })

  it("datagram-chat shows what others say", async () => {
    const open = joining(await stage.server("datagram-chat"), "datagram-chat", "udp")
    const ala = await open()
    await ala.says("ala")
    const bo = await open()
    await bo.says("bo")
    await ala.sees("[bo] => join chat")
    await bo.says("ahoj")
    await ala.sees("[bo] :: ahoj")
  })

  it("rendezvous shows the address of the other", async () => {
    const open = joining(await stage.server("rendezvous"), "rendezvous", "udp")
    const ala = await open()
    await ala.says("holub")
    await ala.sees("wait")
    const bo = await open()
    await bo.says("holub")
    await Promise.all([ala.sees(/127\.0\.0\.1:\d+/), bo.sees(/127\.0\.0\.1:\d+/)])
  })

  it("isolates messages by a header of fixed length, wherever it was cut", async () => {
    const served = await stage.server("padded", { width: 64 })
    const client = await joining(served, "echo", "tcp", ["--framing", "padded:64"])()
    for (const line of ["coo", "holub 🐦"]) {
      await client.says(line)
      await client.sees(line)
    }
    client.end()
    await client.leaves()
    expect(client.screen).toContain("coo\nholub 🐦\n")
  })
})
