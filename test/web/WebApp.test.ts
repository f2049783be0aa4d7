import * as HttpApp from "@effect/platform/HttpApp"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import type { TextPort } from "../../src/web/ReaderTexts.ts"
import { dispositionOf, make, type WebOptions } from "../../src/web/WebApp.ts"
import { pageOf } from "../../src/web/WebPage.ts"

const origin = "http://127.0.0.1:8080"
const page = pageOf({ script: "1", style: "" }, (bytes) => createHash("sha256").update(bytes).digest())
const password = "correct horse"

/** Welcomes who has the password. */
const answer = (port: TextPort, text: string): void => {
  const { login } = JSON.parse(text)
  port.send(JSON.stringify(
    login.password === password
      ? {
        t: "welcome",
        v: 1,
        server: "alpha",
        author: "bo@alpha",
        nick: "bo",
        isGuest: false,
        servers: [],
        token: "ht1abc",
        expires: 60_000
      }
      : { t: "refused", what: "hello", reason: "wrong name or password", waitMillis: 1000 }
  ))
}

const opened = (some: Partial<WebOptions> = {}) =>
  Effect.gen(function*() {
    const revoked: Array<string> = []
    const problems: Array<string> = []
    const app = yield* make({
      page,
      policy: { name: undefined, protection: "none" },
      port: 8080,
      serve: (port) => ({ onText: (text) => answer(port, text), onEnd: () => undefined }),
      revoke: (token) => Effect.sync(() => void revoked.push(token)),
      attachment: () => Effect.succeed(undefined),
      onProblem: (_, message) => Effect.sync(() => void problems.push(message)),
      ...some
    })
    const handler = HttpApp.toWebHandlerRuntime(yield* Effect.runtime<never>())(app)
    const request = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
      Effect.promise(() =>
        handler(
          new Request(origin + path, {
            method,
            headers: { host: "127.0.0.1:8080", ...headers },
            ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
          })
        )
      )
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      request("POST", path, { origin, "content-type": "application/json", ...headers }, body)
    const json = (response: Response) => Effect.promise((): Promise<unknown> => response.json())
    return { request, post, json, revoked, problems }
  })

describe("the page", () => {
  it.scoped("is served with its policy", () =>
    Effect.gen(function*() {
      const { request } = yield* opened()
      const response = yield* request("GET", "/")
      expect(response.status).toBe(200)
      expect(yield* Effect.promise(() => response.text())).toBe(page.html)
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
      for (const [name, value] of Object.entries(page.headers)) expect(response.headers.get(name)).toBe(value)
    }))

  it.scoped("is shorter for a browser that takes gzip", () =>
    Effect.gen(function*() {
      const { request } = yield* opened({ page: { ...page, gzip: gzipSync(page.html) } })
      const encodingFor = (accepted: string) =>
        Effect.map(
          request("GET", "/", { "accept-encoding": accepted }),
          ({ headers }) => headers.get("content-encoding")
        )
      expect(yield* encodingFor("gzip, deflate, br")).toBe("gzip")
      expect(yield* encodingFor("br;q=1.0, gzip;q=0.8")).toBe("gzip")
      expect(yield* encodingFor("gzip;q=0, br")).toBeNull()
      expect(yield* encodingFor("identity")).toBeNull()
    }))

  it.scoped("is not served under another name: the reason is for the stranger, the names are for the operator", () =>
    Effect.gen(function*() {
      const { json, problems, request } = yield* opened()
      const response = yield* request("GET", "/", { host: "evil.example" })
      expect(response.status).toBe(421)
      expect(yield* json(response)).toEqual({
        reason: "the server has no such name; the operator gives it one with --web-name"
      })
      expect(problems).toEqual([expect.stringContaining("GET / with Host evil.example and Origin undefined")])
    }))

  it.scoped("is all there is: other paths are not found, with the headers of security too", () =>
    Effect.gen(function*() {
      const { request } = yield* opened()
      const response = yield* request("GET", "/../etc/passwd")
      expect(response.status).toBe(404)
      expect(response.headers.get("x-content-type-options")).toBe("nosniff")
      expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
    }))
})

describe("a log-in", () => {
  const right = { as: "password", name: "bo", password }

  it.scoped("keeps the token in a cookie that scripts cannot read, and does not tell it", () =>
    Effect.gen(function*() {
      const { json, post } = yield* opened()
      const response = yield* post("/login", right)
      expect(response.status).toBe(200)
      expect(response.headers.get("set-cookie")).toBe(
        "holub-8080=ht1abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"
      )
      expect(yield* json(response)).toEqual({ nick: "bo" })
    }))

  it.scoped("with a wrong password is refused in the words of the server", () =>
    Effect.gen(function*() {
      const { json, post } = yield* opened()
      const response = yield* post("/login", { ...right, password: "wrong" })
      expect([response.status, response.headers.get("set-cookie")]).toEqual([403, null])
      expect(yield* json(response)).toMatchObject({ reason: "wrong name or password", waitMillis: 1000 })
    }))

  it.scoped("of another page is refused", () =>
    Effect.gen(function*() {
      const { post } = yield* opened()
      for (const other of ["http://evil.example", "http://127.0.0.1:9090", "null"]) {
        const response = yield* post("/login", right, { origin: other })
        expect([response.status, response.headers.get("set-cookie")]).toEqual([403, null])
      }
    }))

  it.scoped("of another form is refused without repeating it", () =>
    Effect.gen(function*() {
      const { post, problems } = yield* opened()
      const wrong = [{ as: "password", name: "bo", password: ["secret"] }, "{\"secret\"", [], {
        as: "key",
        key: "secret"
      }]
      for (const body of wrong) {
        const response = yield* post("/login", body)
        expect(response.status).toBe(403)
        expect(yield* Effect.promise(() => response.text())).not.toContain("secret")
      }
      expect(problems.join()).not.toContain("secret")
    }))

  it.scoped("is JSON: no request has files", () =>
    Effect.gen(function*() {
      const { post } = yield* opened()
      const form = yield* post("/login", "as=password", { "content-type": "application/x-www-form-urlencoded" })
      expect(form.status).toBe(415)
      const files = yield* post("/login", "--x\r\n\r\n--x--", { "content-type": "multipart/form-data; boundary=x" })
      expect(files.status).toBe(415)
    }))
})

describe("a log-out", () => {
  it.scoped("makes the token worthless, and removes the cookie", () =>
    Effect.gen(function*() {
      const { post, revoked } = yield* opened()
      const response = yield* post("/logout", {}, { cookie: "holub-8080=ht1abc" })
      expect(response.status).toBe(204)
      expect(response.headers.get("set-cookie")).toContain("Max-Age=0")
      expect(revoked).toEqual(["ht1abc"])
    }))

  it.scoped("of another page does nothing", () =>
    Effect.gen(function*() {
      const { post, revoked } = yield* opened()
      const response = yield* post("/logout", {}, { cookie: "holub-8080=ht1abc", origin: "http://evil.example" })
      expect([response.status, revoked]).toEqual([403, []])
    }))
})

describe("an attachment", () => {
  const sha256 = "ab".repeat(32)

  it.scoped("is a download, whatever it is", () =>
    Effect.gen(function*() {
      const asked: Array<unknown> = []
      const { request } = yield* opened({
        attachment: (...about) =>
          Effect.sync(() => {
            asked.push(about)
            return { name: "a\"b; ž.html", bytes: 3, content: Stream.make(Uint8Array.of(1, 2, 3)) }
          })
      })
      const response = yield* request("GET", `/files/${sha256}`, { cookie: "holub-8080=ht1abc" })
      expect(response.headers.get("content-type")).toBe("application/octet-stream")
      expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''a%22b%3B%20%C5%BE.html")
      expect(response.headers.get("x-content-type-options")).toBe("nosniff")
      expect(response.headers.get("content-security-policy")).toContain("sandbox")
      expect(new Uint8Array(yield* Effect.promise(() => response.arrayBuffer()))).toEqual(Uint8Array.of(1, 2, 3))
      expect(asked).toEqual([[sha256, "ht1abc"]])
    }))

  it.scoped("that a person may not have, or that cannot be, is not found", () =>
    Effect.gen(function*() {
      const { request } = yield* opened()
      expect((yield* request("GET", `/files/${sha256}`)).status).toBe(404)
      expect((yield* request("GET", "/files/..%2f..%2fetc")).status).toBe(400)
    }))

  it("has a name that ends no header, whatever it is", () => {
    expect(dispositionOf("\r\nX: '(*)\ud800")).toBe(
      "attachment; filename*=UTF-8''%0D%0AX%3A%20%27%28%2A%29%EF%BF%BD"
    )
  })
})

describe("a failure", () => {
  it.scoped("is the operator's to read", () =>
    Effect.gen(function*() {
      const { json, problems, request } = yield* opened({ attachment: () => Effect.die(new Error("the disk is gone")) })
      const response = yield* request("GET", `/files/${"ab".repeat(32)}`)
      expect(response.status).toBe(500)
      expect(yield* json(response)).toEqual({ reason: "the server has failed; its operator can see why" })
      expect(problems.join()).toContain("the disk is gone")
    }))
})
