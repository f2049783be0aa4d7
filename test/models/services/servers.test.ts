/** Our client with the published servers. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { tidy } from "../../processes/holub.ts"
import { joining } from "./Ours.ts"
import { chats, datagrams, dialogues, game } from "./scenes.ts"
import { hasPython, needsPython, Stage } from "./Stage.ts"

describe.skipIf(!hasPython)(`our client and a published server${needsPython}`, () => {
  let stage: Stage
  beforeEach(() => {
    stage = new Stage()
  })
  afterEach(tidy)

  it.each([...dialogues, ...chats, game, ...datagrams])("$title", async ({ play, server, service, transport }) => {
    await play(joining(await stage.server(service, server), service, transport))
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
