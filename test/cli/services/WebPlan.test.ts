import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { of, type WebValues } from "../../../src/cli/services/WebPlan.ts"

const plan = (values: Partial<WebValues>) =>
  Either.match(of({ web: undefined, webCert: undefined, webName: undefined, webProxy: false, ...values }), {
    onLeft: ({ exitCode, hint, message }) => `${exitCode} ${message} (${hint})`,
    onRight: (planned) => planned
  })
const everywhere = { host: "0.0.0.0", port: 8443 }

describe("the page of a server", () => {
  it("is served only when it is asked for, to this machine only", () => {
    expect(plan({})).toBeUndefined()
    expect(plan({ web: { host: undefined, port: 8080 } })).toEqual({
      local: { host: "127.0.0.1", port: 8080 },
      policy: { name: undefined, protection: "none" },
      cert: undefined
    })
  })

  it("is served to other machines over TLS, under its name", () => {
    expect(plan({ web: everywhere, webCert: "page.pem", webName: "rooms.example" })).toEqual({
      local: everywhere,
      policy: { name: "rooms.example", protection: "tls" },
      cert: "page.pem"
    })
    expect(plan({ web: everywhere })).toMatch(/^2 .*passwords would be readable.*--web-cert FILE.*--web-proxy/)
    expect(plan({ web: everywhere, webCert: "page.pem" })).toMatch(/^2 .*--web-name NAME/)
  })

  it("is served behind a proxy on this machine, under its name", () => {
    const web = { host: undefined, port: 8080 }
    expect(plan({ web, webProxy: true, webName: "rooms.example" })).toMatchObject({
      local: { host: "127.0.0.1", port: 8080 },
      policy: { name: "rooms.example", protection: "proxy" }
    })
    expect(plan({ web, webProxy: true })).toMatch(/^2 .*--web-name NAME/)
    expect(plan({ web: everywhere, webProxy: true, webName: "rooms.example" })).toMatch(/^2 .*could pretend to be it/)
    expect(plan({ web, webProxy: true, webCert: "page.pem", webName: "a.example" })).toMatch(/^2 .*exclude each other/)
  })
})
