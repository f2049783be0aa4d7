/** What a sender makes of reports of the network, and what a lost peer has proved. */
import { describe, expect, it } from "vitest"
import * as Timing from "../../../src/transport/Timing.ts"
import { Client } from "./client.ts"

const { idleTimeoutMillis } = Timing.classic

describe("a report that nothing arrives (§5.3)", () => {
  it("repeats an announcement or a KPA after 250 ms, each report once", () => {
    const client = new Client()
    client.announce(1)
    client.now = 10
    for (const core of [client.core, client.core]) core.onRefused(10)
    expect(client.runUntil(1200)).toEqual(["INF 0 @260"])
    const probing = new Client()
    probing.call((core) => core.probe(0))
    probing.core.onRefused(10)
    expect(probing.runUntil(1200)).toEqual(["KPA 0 @260"])
  })

  it("sends nothing where nothing was sent, and changes nothing after the first answer", () => {
    const client = new Client()
    client.core.onRefused(0)
    expect(client.core.deadline).toBe(Infinity)
    client.announce(1)
    client.offer(1)
    client.answer()
    const { deadline } = client.core
    client.core.onRefused(0)
    expect(client.core.deadline).toBe(deadline)
  })
})

describe("a lost peer", () => {
  const lost = { _tag: "Lost", unprovenBytes: undefined }

  it("that has not answered the announcement proves nothing about sizes", () => {
    const client = new Client()
    client.announce(1)
    client.runUntil(idleTimeoutMillis)
    expect(client.events).toEqual([lost])
  })

  it("that has not answered the first fragment may not receive fragments of its size (W13)", () => {
    const client = new Client()
    client.announce(2)
    client.offer(2)
    client.answer()
    client.runUntil(idleTimeoutMillis)
    expect(client.events.at(-1)).toEqual({ ...lost, unprovenBytes: 4 })
  })

  it("that has answered a smaller fragment, such as the name, may not receive larger ones", () => {
    const client = new Client()
    client.announce(2, "nam")
    client.offer(2)
    client.answer()
    client.answer()
    client.runUntil(idleTimeoutMillis)
    expect(client.events.at(-1)).toEqual({ ...lost, unprovenBytes: 4 })
  })

  it("that has answered a fragment of the size was lost for another reason", () => {
    const client = new Client()
    client.announce(2)
    client.offer(2)
    client.answer()
    client.answer()
    client.runUntil(idleTimeoutMillis)
    expect(client.events.at(-1)).toEqual(lost)
  })
})
