import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { kind, portOf } from "../../../src/conversation/readers/ReaderStreams.ts"
import { encoded } from "../../../src/protocol/conversation/client/EncodedMessage.ts"
import { prefix } from "../../../src/protocol/framing/LengthFraming.ts"

/** The port of a stream that gives these blocks. */
const portWith = (blocks: Array<Uint8Array>) => {
  const written: Array<Uint8Array> = []
  const port = portOf({
    peer: () => ({ host: "192.0.2.1", port: 5, publicKey: undefined, isTrusted: false }),
    read: () => Effect.sync(() => blocks.shift()),
    write: (block) => Effect.sync(() => void written.push(block))
  })
  return { port, written }
}
const framed = (text: string) =>
  prefix("u32").open().encode({ bytes: new TextEncoder().encode(text) }) ?? new Uint8Array(0)

describe("a stream of a client", () => {
  it("has messages behind their length, whatever the blocks", () => {
    const bytes = Uint8Array.of(...framed("{\"t\":1}"), ...framed("č"))
    const { port } = portWith([bytes.slice(0, 5), bytes.slice(5)])
    const received = () => Effect.runSync(Effect.orDie(port.receive))
    expect([received(), received(), received()]).toEqual([
      { texts: [], failure: undefined },
      { texts: ["{\"t\":1}", "č"], failure: undefined },
      undefined
    ])
    expect([port.address, kind]).toEqual([{ host: "192.0.2.1", port: 5 }, "rooms"])
  })

  it("cannot have a longer message than it may be", () => {
    const { port } = portWith([Uint8Array.of(0, 2, 0, 0, 1, 1, 1)])
    expect(Effect.runSync(Effect.orDie(port.receive))?.failure).toMatch(/^cannot be read: /)
  })

  it("is sent messages in one block", () => {
    const { port, written } = portWith([])
    const messages = [encoded({ t: "live", room: "a" }), encoded({ t: "live", room: "b" })]
    Effect.runSync(Effect.orDie(port.send(messages)))
    expect(written).toEqual([Uint8Array.of(...messages.flatMap(({ framed: bytes }) => Array.from(bytes)))])
  })
})
