import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import * as TalkPlan from "../../../src/cli/join/TalkPlan.ts"

const unset: TalkPlan.TalkValues = {
  group: undefined,
  interface: undefined,
  listen: undefined,
  once: false,
  to: undefined
}
const planOf = (values: Partial<TalkPlan.TalkValues>) =>
  Either.getOrElse(TalkPlan.of({ ...unset, ...values }), ({ hint, message }) => `${message}; ${hint}`)
const to = (host: string, port: number | undefined = 8006) => ({ host, port })

describe("the plan of talk", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["192.0.2.7", "0.0.0.0"],
    ["2001:db8::7", "::"]
  ])("listens for %s at %s, unless a host is given", (host, local) => {
    const listen = { host: undefined, port: 8005 }
    expect(planOf({ listen, to: to(host) })).toMatchObject({ local: { host: local, port: 8005 }, listens: true })
    expect(planOf({ listen: { host: "192.0.2.1", port: 8005 }, to: to(host) })).toMatchObject({
      local: { host: "192.0.2.1" }
    })
  })

  it("listens on loopback where it sends to no address of its own choice", () => {
    expect(planOf({ listen: { host: undefined, port: 8005 } })).toEqual({
      app: "peer",
      transport: "udp",
      local: { host: "127.0.0.1", port: 8005 },
      to: undefined,
      interface: undefined,
      listens: true
    })
  })

  it("takes any free port where it only sends", () => {
    expect(planOf({ to: to("192.0.2.7") })).toMatchObject({ local: undefined, to: { port: 8006 }, listens: false })
  })

  it("listens and sends in a group", () => {
    const group = { host: "239.255.40.40", port: 4041 }
    const plan = { app: "multicast", transport: "multicast", local: group, to: group, interface: "eth0", listens: true }
    expect(planOf({ group, interface: "eth0" })).toEqual(plan)
  })

  it("is refused with the remedy", () => {
    const group = { host: "239.255.40.40", port: 4041 }
    expect(planOf({})).toBe("talk needs --listen, --to or --group; write: holub talk --listen 8005 --to HOST:8006")
    expect(planOf({ to: { ...to("::1"), port: undefined } })).toBe("--to ::1 has no port; write: --to [::1]:8006")
    expect(planOf({ interface: "eth0", to: to("::1") })).toMatch(/^--interface is for --group only/)
    expect(planOf({ group, to: to("::1") })).toMatch(/leave out --listen and --to/)
    expect(planOf({ to: { ...to("::1"), key: new Uint8Array(32) } })).toMatch(/^datagrams of talk have no keys/)
  })
})
