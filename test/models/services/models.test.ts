/** The models of the published clients with those of the published servers: what they say fits together. */
import { afterAll, beforeAll, describe, it } from "vitest"
import { tidy } from "../../processes/holub.ts"
import { datagrams } from "./scenes/datagrams.ts"
import { dialogues } from "./scenes/dialogues.ts"
import { chats, game } from "./scenes/rooms.ts"
import { hasPython, needsPython, Stage } from "./Stage.ts"

describe.skipIf(!hasPython).concurrent(`a published client and a published server${needsPython}`, () => {
  let stage: Stage
  beforeAll(() => {
    stage = new Stage()
  })
  afterAll(tidy)

  it.each([...dialogues, ...chats, game, ...datagrams])("$title", async ({ client, play, server, service }) => {
    const served = await stage.server(service, server)
    await play(() => stage.client(service, served, client))
  })
})
