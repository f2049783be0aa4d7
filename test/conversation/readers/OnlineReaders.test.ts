import { describe, expect, it } from "vitest"
import { OnlineReaders } from "../../../src/conversation/readers/OnlineReaders.ts"

describe("the readers of a server", () => {
  it("learn together of what concerns their person", () => {
    const told: Array<string> = []
    const reader = (name: string) => ({
      onMark: (room: string) => void told.push(`${name} mark ${room}`),
      invite: (room: string, access: string, by: string) => void told.push(`${name} ${access} ${room} ${by}`)
    })
    const online = new OnlineReaders()
    const [phone, desk] = [reader("phone"), reader("desk")]
    online.add("ala@alpha", phone)
    online.add("ala@alpha", desk)
    online.mark("ala@alpha", "hall", new Map(), desk)
    online.invite("ala@alpha", "plans", "private", "bo@alpha")
    online.invite("bo@alpha", "plans", "private", "bo@alpha")
    online.remove("ala@alpha", phone)
    online.remove("ala@alpha", desk)
    online.invite("ala@alpha", "later", "private", "bo@alpha")
    expect(told).toEqual(["phone mark hall", "phone private plans bo@alpha", "desk private plans bo@alpha"])
  })
})
