import { describe, expect, it } from "@effect/vitest"
import type { TcpConnection } from "../../../src/net/Tcp.ts"
import type { MakeAlarm } from "../../../src/transport/Alarm.ts"
import { Lingering } from "../../../src/transport/platform/Lingering.ts"
import * as TransportLimits from "../../../src/transport/TransportLimits.ts"

/** A clock, an alarm on it, and connections that note their reset. */
const world = () => {
  let now = 0
  let alarm: { readonly at: number; readonly ring: () => void } | undefined
  const makeAlarm: MakeAlarm = (_read, ring) => ({
    set: (at) => {
      alarm = at === Infinity ? undefined : { at, ring }
    }
  })
  const resets: Array<string> = []
  const connection = (name: string): TcpConnection => ({
    local: { host: "192.0.2.1", port: 1 },
    peer: { host: "192.0.2.2", port: 2 },
    start: () => undefined,
    write: () => true,
    unsentBytes: () => 0,
    pause: () => undefined,
    resume: () => undefined,
    finish: () => undefined,
    reset: () => void resets.push(`${name} at ${now}`)
  })
  const wait = (millis: number): void => {
    const end = now + millis
    while (alarm !== undefined && alarm.at <= end) {
      const { at, ring } = alarm
      now = Math.max(now, at)
      alarm = undefined
      ring()
    }
    now = end
  }
  return { lingering: new Lingering(() => now, makeAlarm), connection, resets, wait, isSet: () => alarm !== undefined }
}

describe("ended connections", () => {
  it("are reset after the time in which input is discarded, each at its own", () => {
    const { connection, isSet, lingering, resets, wait } = world()
    lingering.add(connection("one"))
    wait(300)
    lingering.add(connection("two"))
    wait(TransportLimits.lingerMillis)
    expect(resets).toEqual([`one at ${TransportLimits.lingerMillis}`, `two at ${TransportLimits.lingerMillis + 300}`])
    expect(isSet()).toBe(false)
  })

  it("are not reset when they have closed before, and leave the time of the others as it is", () => {
    const { connection, lingering, resets, wait } = world()
    const first = connection("one")
    lingering.add(first)
    wait(300)
    lingering.add(connection("two"))
    lingering.remove(first)
    wait(10 * TransportLimits.lingerMillis)
    expect(resets).toEqual([`two at ${TransportLimits.lingerMillis + 300}`])
  })
})
