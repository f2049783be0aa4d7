/** A clock of a test with the one alarm of what is tested. */
import type { MakeAlarm } from "../../src/transport/Alarm.ts"

export const oneAlarm = () => {
  let now = 0
  let alarm: { readonly at: number; readonly ring: () => void } | undefined
  const makeAlarm: MakeAlarm = (_read, ring) => ({
    set: (at) => {
      alarm = at === Infinity ? undefined : { at, ring }
    }
  })
  /** Passes time; the alarm rings meanwhile. */
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
  return { now: () => now, makeAlarm, wait, isSet: () => alarm !== undefined }
}
