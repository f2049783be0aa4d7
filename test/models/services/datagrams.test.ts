/** Programs over datagrams that have no server: two of the published, and one of them with `holub talk`. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { tidy } from "../../processes/holub.ts"
import { conversing } from "./Ours.ts"
import { hasPython, needsPython, type Options, Stage } from "./Stage.ts"

const group = "239.255.40.40"
const loopback = "127.0.0.1"

describe.skipIf(!hasPython).concurrent(`published programs over datagrams${needsPython}`, () => {
  let stage: Stage
  beforeAll(() => {
    stage = new Stage()
  })
  afterAll(tidy)

  /** One that sends to a port; without it, to the sender of the last datagram. The stage counts messages of servers only. */
  const peer = (port = 0, options: Options = {}) =>
    stage.client("peer", { host: loopback, port, received: () => Promise.resolve() }, options)
  const member = (port = 0) =>
    stage.client("multicast", { host: loopback, port, received: () => Promise.resolve() }, { group })

  it("two peers talk", async () => {
    const one = await peer()
    const two = await peer(one.port)
    two.types("ahoj")
    await one.sees("ahoj")
    one.types("čau")
    await two.sees("čau")
  })

  it("two in a group talk", async () => {
    const one = await member()
    const two = await member(one.port)
    one.types("ahoj")
    await two.sees("ahoj")
    two.types("čau")
    await one.sees("čau")
    expect([one.screen, two.screen]).toEqual(["čau\n", "ahoj\n"])
  })

  it("holub talk --to talks with a peer, and shows what others send with their address", async () => {
    const one = await peer()
    const { client: own, port } = await conversing(["--listen", "0", "--to", `${loopback}:${one.port}`])
    own.types("ahoj")
    await one.sees("ahoj")
    one.types("čau")
    await own.sees("čau\n")
    // It receives at one port and sends from another.
    const two = await peer(port, { apart: true })
    two.types("hej")
    await own.sees(`${two.at}: hej\n`)
    own.types("holub 🐦")
    await one.sees("holub 🐦")
    expect([own.screen, one.screen, two.screen]).toEqual([`čau\n${two.at}: hej\n`, "ahoj\nholub 🐦\n", ""])
  })

  it("holub talk --listen answers the peer that has spoken last", async () => {
    const { client: own, port } = await conversing(["--listen", "0"])
    const peers = [await peer(port), await peer(port)]
    for (const [at, one] of [...peers, ...peers].entries()) {
      one.types(`from ${at}`)
      await own.sees(`${one.at}: from ${at}\n`)
      own.types(`to ${at}`)
      await one.sees(`to ${at}\n`)
    }
    expect(peers.map(({ screen }) => screen)).toEqual(["to 0\nto 2\n", "to 1\nto 3\n"])
  })

  it("holub talk --group talks with all in a group, and does not show its own lines", async () => {
    const one = await member()
    const { client: own } = await conversing(["--group", `${group}:${one.port}`, "--interface", loopback])
    const two = await member(one.port)
    own.types("ahoj")
    await Promise.all([one.sees("ahoj"), two.sees("ahoj")])
    one.types("čau")
    await own.sees(`${one.at}: čau\n`)
    two.types("hej")
    await Promise.all([own.sees(`${two.at}: hej\n`), one.sees("hej"), two.sees("čau")])
    expect([own.screen, one.screen, two.screen]).toEqual([
      `${one.at}: čau\n${two.at}: hej\n`,
      "ahoj\nhej\n",
      "ahoj\nčau\n"
    ])
  })
})
