/** The program with a page: `serve --web`. */
import { execFileSync } from "node:child_process"
import { chmodSync, writeFileSync } from "node:fs"
import { get } from "node:https"
import { join } from "node:path"
import { type Browser } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { enterAs, executablePath, launched, personAt, say } from "../page/chromium.ts"
import type { Line } from "./documented.ts"
import { folder, holub, serve, type Server, tidy } from "./holub.ts"

afterEach(() => tidy())

const portOf = async ({ process }: Server): Promise<number> => {
  const is = (line: Line) => line.type === "listening" && line["transport"] === "web"
  return Number((await process.lineThat(is))["port"])
}

describe("serve --web", () => {
  it("serves the page to this machine only, and one that is complete", async () => {
    const port = await portOf(await serve("--web", "0"))
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(response.status).toBe(200)
    expect(response.headers.get("content-security-policy")).toContain("script-src 'sha256-")
    expect(await response.text()).toMatch(/<script>.{100000,}<\/script>/s)
  })

  it("is exit 2 without TLS where other machines can connect, and with a certificate that is none", async () => {
    const open = await holub(["serve", "--web", "0.0.0.0:0"]).ended
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("--web-cert FILE")])
    const path = join(folder(), "page.pem")
    writeFileSync(path, "nothing", { mode: 0o600 })
    const wrong = await holub(["serve", "--web", "0.0.0.0:0", "--web-name", "rooms.example", "--web-cert", path]).ended
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("no private key and certificate")])
  })

  it("serves a named page over TLS, and no other name", async () => {
    const path = join(folder(), "page.pem")
    const made = execFileSync("openssl", [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      "/CN=rooms.example",
      "-days",
      "2",
      "-keyout",
      "-",
      "-out",
      "-"
    ], { stdio: ["ignore", "pipe", "ignore"] })
    writeFileSync(path, made)
    chmodSync(path, 0o600)
    const port = await portOf(await serve("--web", "127.0.0.1:0", "--web-name", "rooms.example", "--web-cert", path))
    const statusFor = (host: string) =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, headers: { host }, rejectUnauthorized: false, agent: false }
        get(options, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).on("error", reject)
      })
    expect(await statusFor(`rooms.example:${port}`)).toBe(200)
    expect(await statusFor("evil.example")).toBe(421)
  })
})

describe.skipIf(executablePath === undefined)("serve --web in Chromium (skipped where it is not installed)", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launched()
  })
  afterAll(() => browser.close())

  it("shows two people what the other one says; one makes an account, logs in again, and finds it all", async () => {
    const address = `http://127.0.0.1:${await portOf(await serve("--web", "0"))}/`
    const [ala, bo] = [await personAt(browser, address), await personAt(browser, address)]
    await ala.getByRole("button", { name: "New account" }).click()
    await ala.getByLabel("Name").fill("ala")
    await ala.getByLabel("Password").fill("a pigeon flies")
    await ala.getByRole("button", { name: "Make the account" }).click()
    await ala.getByLabel("Message in hall").waitFor()
    await enterAs(bo, "bo")
    await say(ala, "the build is green")
    await bo.getByText("the build is green").waitFor()
    await say(bo, "<b>which</b> one?")
    await ala.getByText("<b>which</b> one?").waitFor()
    await ala.getByRole("button", { name: "Leave", exact: true }).click()
    await ala.getByRole("button", { name: "Log in" }).click()
    await ala.getByLabel("Name").fill("ala")
    await ala.getByLabel("Password").fill("a pigeon flies")
    await ala.getByRole("button", { name: "Enter" }).click()
    await ala.getByText("<b>which</b> one?").waitFor()
    await Promise.all(browser.contexts().map((context) => context.close()))
  })
})
