import { describe, expect, it } from "vitest"
import { framed } from "../../../src/protocol/tcp/Records.ts"
import { HandshakeConnection } from "../../../src/transport/tcp/HandshakeConnection.ts"

const make = () => {
  const seen: Array<string> = []
  const half: HandshakeConnection = new HandshakeConnection(100, {
    onRecord: (record) => {
      seen.push(`record ${record.length}`)
      if (record.length === 7) half.hold()
    },
    onForeign: () => void seen.push("foreign"),
    onOver: () => void seen.push("over")
  })
  const driver = {
    onBytes: (bytes: Uint8Array) => void seen.push(`driver ${bytes.length}`),
    onEnd: () => void seen.push("driver end"),
    onDrain: () => void seen.push("driver drain"),
    onClose: () => void seen.push("driver close")
  }
  return { half, seen, driver }
}
const records = (...lengths: ReadonlyArray<number>) =>
  Uint8Array.from(lengths.flatMap((length) => [...framed(new Uint8Array(length))]))

describe("a connection in its handshake", () => {
  it("passes on records until it is held, and keeps the rest for the driver", () => {
    const { driver, half, seen } = make()
    half.onBytes(records(3, 7, 5))
    half.onDrain()
    half.handOver(driver)
    expect([seen, half.reader.take()?.length]).toEqual([["record 3", "record 7"], 5])
    half.onBytes(records(3))
    half.onDrain()
    half.onEnd()
    half.onClose(undefined)
    expect(seen.slice(2)).toEqual(["driver 5", "driver drain", "driver end", "driver close"])
  })

  it("tells the driver what it has missed", () => {
    const [ended, closed] = [make(), make()]
    ended.half.onEnd()
    ended.half.handOver(ended.driver)
    closed.half.onEnd()
    closed.half.onClose(undefined)
    closed.half.handOver(closed.driver)
    expect([ended.seen, closed.seen]).toEqual([["over", "driver end"], ["over", "driver close"]])
  })

  it("ends once, and recognises what is no handshake", () => {
    const { half, seen } = make()
    half.onBytes(new TextEncoder().encode("GET / HTTP/1.1\r\n"))
    half.onClose(undefined)
    half.drop()
    half.onBytes(records(3))
    half.onEnd()
    expect(seen).toEqual(["foreign", "over"])
  })
})
