import { describe, expect, it } from "vitest"
import { judge, type Policy, type RequestFacts } from "../../src/web/WebPolicy.ts"

const local: Policy = { name: undefined, protection: "none" }
const direct: Policy = { name: "rooms.example", protection: "tls" }
const proxied: Policy = { name: "rooms.example", protection: "proxy" }

const facts = (some: Partial<RequestFacts>): RequestFacts => ({
  peer: { host: "127.0.0.1", port: 50_000 },
  host: "127.0.0.1:8080",
  origin: undefined,
  forwardedProto: undefined,
  forwardedFor: undefined,
  needsOrigin: false,
  ...some
})
const statusOf = (some: Partial<RequestFacts>, policy: Policy): number => {
  const verdict = judge(facts(some), policy)
  return verdict._tag === "Refused" ? verdict.status : 200
}

describe("a Host", () => {
  it.each(["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "127.0.0.2"])(
    "%s is this machine",
    (host) => {
      expect(statusOf({ host }, local)).toBe(200)
    }
  )

  it.each([
    undefined,
    "",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8080",
    "127.0.0.1@evil.example",
    "127.0.0.1:8080, evil.example",
    "127.0.0.1:8080/",
    "0.0.0.0:8080",
    "rooms.example"
  ])("%s is not, and is refused", (host) => {
    expect(statusOf({ host }, local)).toBe(421)
  })

  it("that is the name of the server is served, in any case", () => {
    expect(statusOf({ host: "Rooms.Example" }, direct)).toBe(200)
    expect(statusOf({ host: "other.example" }, direct)).toBe(421)
  })
})

describe("what changes something", () => {
  const post = (origin: string | undefined, host = "127.0.0.1:8080") =>
    statusOf({ host, origin, needsOrigin: true }, local)

  it("comes from the page of this server", () => {
    expect(post("http://127.0.0.1:8080")).toBe(200)
    expect(post("http://[::1]:8080", "[::1]:8080")).toBe(200)
  })

  it.each([
    undefined,
    "null",
    "http://evil.example",
    "http://127.0.0.1:9090",
    "https://127.0.0.1:8080",
    "http://localhost:8080",
    "http://127.0.0.1:8080.evil.example"
  ])("is refused from %s", (origin) => {
    expect(post(origin)).toBe(403)
  })

  it("over TLS comes from the page over https", () => {
    const over = (origin: string) => statusOf({ host: "rooms.example", origin, needsOrigin: true }, direct)
    expect(over("https://rooms.example")).toBe(200)
    expect(over("http://rooms.example")).toBe(403)
  })
})

describe("behind a proxy", () => {
  const forwarded = { host: "rooms.example", forwardedProto: "https", forwardedFor: "198.51.100.9, 203.0.113.7" }

  it("a request that came over https is served, as one of the address that the proxy has seen", () => {
    expect(judge(facts(forwarded), proxied)).toEqual({
      _tag: "Served",
      origin: "https://rooms.example",
      isSecure: true,
      peer: { host: "203.0.113.7", port: 0 }
    })
  })

  it("a request that did not is refused, also with the name of this machine", () => {
    expect(statusOf({ ...forwarded, forwardedProto: "http" }, proxied)).toBe(403)
    expect(statusOf({ ...forwarded, forwardedProto: "https, http" }, proxied)).toBe(403)
    expect(statusOf({ host: "127.0.0.1", forwardedProto: "http" }, proxied)).toBe(403)
    expect(statusOf({ host: "rooms.example" }, proxied)).toBe(403)
  })

  it("only a proxy on this machine is believed", () => {
    expect(statusOf({ ...forwarded, peer: { host: "203.0.113.7", port: 1 } }, proxied)).toBe(403)
    expect(statusOf(forwarded, { ...proxied, protection: "none" })).toBe(403)
  })

  it("a request without the address of the browser is refused: it would count as one of this machine", () => {
    expect(statusOf({ ...forwarded, forwardedFor: "unknown" }, proxied)).toBe(403)
    expect(statusOf({ ...forwarded, forwardedFor: undefined }, proxied)).toBe(403)
  })

  it("a request of this machine itself needs no https", () => {
    expect(judge(facts({}), proxied)).toMatchObject({
      _tag: "Served",
      isSecure: false,
      origin: "http://127.0.0.1:8080"
    })
  })
})
