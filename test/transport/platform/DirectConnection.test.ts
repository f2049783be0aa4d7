import { describe, expect, it } from "vitest"
import { DirectConnection } from "../../../src/transport/platform/DirectConnection.ts"
import { Lingering } from "../../../src/transport/platform/Lingering.ts"
import * as TransportLimits from "../../../src/transport/TransportLimits.ts"
import { notedConnection } from "../../suites/notedConnection.ts"
import { oneAlarm } from "../../suites/oneAlarm.ts"

/** A started connection; `calls` are those of TCP below it and of its handler. */
const started = () => {
  const clock = oneAlarm()
  const calls: Array<string> = []
  const { connection: tcp, fill } = notedConnection((call) => calls.push(call))
  const connection = new DirectConnection(tcp, new Lingering(clock.now, clock.makeAlarm))
  connection.start({
    onBytes: ({ length }) => calls.push(`onBytes ${length}`),
    onEnd: () => calls.push("onEnd"),
    onDrain: () => calls.push("onDrain"),
    onClose: () => calls.push("onClose")
  })
  return { ...clock, connection, calls, fill }
}

const bytes = new Uint8Array(4)

describe("a direct connection", () => {
  it("passes what happens to its handler, and writes while there is room", () => {
    const { calls, connection, fill } = started()
    connection.onBytes(bytes)
    expect(connection.write(bytes)).toBe(true)
    fill()
    expect(connection.write(bytes)).toBe(false)
    connection.onDrain()
    connection.onEnd()
    connection.onClose(undefined)
    expect(calls).toEqual(["start", "onBytes 4", "write 4", "write 4", "onDrain", "onEnd", "onClose"])
  })

  it("discards input after its end, writes nothing more, and is reset when it does not close in time", () => {
    const { calls, connection, wait } = started()
    connection.pause()
    connection.end()
    connection.end()
    connection.pause()
    connection.onBytes(bytes)
    connection.onEnd()
    connection.onDrain()
    expect(connection.write(bytes)).toBe(true)
    expect(calls).toEqual(["start", "pause", "finish", "resume"])
    wait(TransportLimits.lingerMillis)
    connection.onClose(undefined)
    expect(calls.slice(4)).toEqual(["reset", "onClose"])
  })

  it("is reset by too much input after its end, and not after it has closed", () => {
    const { calls, connection, isSet, wait } = started()
    connection.end()
    connection.onBytes(new Uint8Array(TransportLimits.lingerBytes))
    expect(calls.at(-1)).toBe("resume")
    connection.onBytes(bytes)
    expect(calls.at(-1)).toBe("reset")
    connection.onClose(undefined)
    wait(TransportLimits.lingerMillis)
    expect([calls.at(-1), isSet()]).toEqual(["onClose", false])
  })
})
