/** Programs over datagrams that have no server: two of the published, and one of them with `holub talk`. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { tidy } from "../../processes/holub.ts"
import { hasPython, needsPython, Stage } from "./Stage.ts"

const group = "239.255.40.40"
/** Of the tests: the stage counts messages of servers only. */
const unseen = { host: "127.0.0.1", port: 0, received: () => Promise.resolve() }

describe.skipIf(!hasPython)(`published programs over datagrams${needsPython}`, () => {
  let stage: Stage
  beforeEach(() => {
    stage = new Stage()
  })
  afterEach(tidy)

  it("two peers talk", async () => {
    const one = await stage.client("peer", unseen)
    const two = await stage.client("peer", { ...unseen, port: portOf(one.at) })
    two.types("ahoj")
    await one.sees("ahoj")
    one.types("čau")
    await two.sees("čau")
  })

  it("two in a group talk", async () => {
    const one = await stage.client("multicast", unseen, { group })
    const two = await stage.client("multicast", { ...unseen, port: one.port }, { group })
    one.types("ahoj")
    await two.sees("ahoj")
    two.types("čau")
    await one.sees("čau")
    expect([one.screen, two.screen]).toEqual(["čau\n", "ahoj\n"])
  })
})

const portOf = (address: string): number => Number(address.split(":")[1])
