import { describe, expect, it } from "@effect/vitest"
import { Lingering } from "../../../src/transport/platform/Lingering.ts"
import * as TransportLimits from "../../../src/transport/TransportLimits.ts"
import { notedConnection } from "../../suites/notedConnection.ts"
import { oneAlarm } from "../../suites/oneAlarm.ts"

/** A clock, and connections that note their reset. */
const world = () => {
  const clock = oneAlarm()
  const resets: Array<string> = []
  const connection = (name: string) =>
    notedConnection((call) => call === "reset" && resets.push(`${name} at ${clock.now()}`)).connection
  return { ...clock, lingering: new Lingering(clock.now, clock.makeAlarm), connection, resets }
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
