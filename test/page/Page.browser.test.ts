/** The page in Chromium, with a server of rooms that the test plays. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Browser } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { pageParts } from "../../scripts/page.mjs"
import { type Page, pageOf } from "../../src/web/WebPage.ts"
import { webServer } from "../cli/web/webServer.ts"
import { enterAs, executablePath, launched, personAt, say } from "./chromium.ts"
import { password, PlayedRooms } from "./playedRooms.ts"

/** A server of another program, with one page. */
const pageOfAnother = async (html: string) => {
  const server = createServer((_, response) => void response.setHeader("content-type", "text/html").end(html))
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: (server.address() as AddressInfo).port, close }
}

describe.skipIf(executablePath === undefined)("the page in Chromium (skipped where it is not installed)", () => {
  let browser: Browser
  let page: Page
  let scope: Scope.CloseableScope
  let rooms: PlayedRooms
  let address: string
  let revoked: Array<string>
  let problems: ReadonlyArray<string>

  beforeAll(async () => {
    page = pageOf(await pageParts(), (bytes) => createHash("sha256").update(bytes).digest())
    browser = await launched()
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    rooms = new PlayedRooms()
    revoked = []
    scope = await Effect.runPromise(Scope.make())
    const { authority, ...server } = await Effect.runPromise(Scope.extend(
      webServer({ page, serve: rooms.serve, revoke: (token) => Effect.sync(() => void revoked.push(token)) }),
      scope
    ))
    problems = server.problems
    address = `http://${authority}/`
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  it("shows two people what the other one says, and how far their posts have come", async () => {
    const [ala, bo] = [await personAt(browser, address), await personAt(browser, address)]
    await enterAs(ala, "ala")
    await enterAs(bo, "bo")
    await say(ala, "the build is green")
    await bo.getByText("the build is green").waitFor()
    await say(bo, "which one?")
    await ala.getByText("which one?").waitFor()
    await ala.getByLabel("on this server", { exact: true }).waitFor()
    rooms.everywhere()
    await ala.getByLabel("on every server").waitFor()
    expect(await bo.getByRole("region", { name: "People and servers" }).innerText()).toContain("2 here")
  })

  it("shows a text as a text: nothing in it runs or becomes an element", async () => {
    const ala = await personAt(browser, address)
    const text = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\"> &amp;"
    rooms.record("bo@beta", "said", { text })
    rooms.record("bo@beta", "topic", { text })
    await enterAs(ala, "ala")
    await ala.getByText(text).first().waitFor()
    expect(await ala.locator("#page script, #page img").count()).toBe(0)
    expect(await ala.title()).toBe("#hall")
  })

  it("runs no script but its own, also one that is put into the document", async () => {
    const ala = await personAt(browser, address)
    const violated = ala.evaluate(() =>
      new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective))
        const script = document.createElement("script")
        script.textContent = "document.title = 'taken'"
        document.body.append(script)
      })
    )
    expect(await violated).toBe("script-src-elem")
    expect(await ala.title()).not.toBe("taken")
  })

  it("logs in by a password, keeps the token from scripts, stays logged in, and logs out", async () => {
    const ala = await personAt(browser, address)
    await ala.getByRole("button", { name: "Log in" }).click()
    await ala.getByLabel("Name").fill("ala")
    await ala.getByLabel("Password").fill("wrong")
    await ala.getByRole("button", { name: "Enter" }).click()
    await ala.getByText("wrong name or password").waitFor()
    await ala.getByLabel("Password").fill(password)
    await ala.getByRole("button", { name: "Enter" }).click()
    await ala.getByLabel("Message in hall").waitFor()
    const [cookie] = await ala.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" })
    expect(await ala.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }))).not
      .toContain("ht1")
    await ala.reload()
    await ala.getByLabel("Message in hall").waitFor()
    await ala.getByRole("button", { name: "Leave", exact: true }).click()
    await ala.getByRole("button", { name: "As a guest" }).waitFor()
    await expect.poll(() => revoked).toEqual([cookie?.value])
    expect(await ala.context().cookies()).toEqual([])
  })

  it("refuses a page of another origin, for its WebSockets and its requests", async () => {
    // Another program of this machine: its pages are of the same site, so that the browser sends them the cookie.
    const { close, port } = await pageOfAnother("<p>another")
    const other = await personAt(browser, address)
    await other.context().addCookies([{ name: `holub-${new URL(address).port}`, value: "ht1abc", url: address }])
    await other.goto(`http://127.0.0.1:${port}/`)
    const socket = await other.evaluate((url) =>
      new Promise((resolve) => {
        const opened = new WebSocket(url)
        opened.addEventListener("open", () => resolve("open"))
        opened.addEventListener("close", () => resolve("closed"))
      }), `${address.replace("http", "ws")}socket`)
    expect(socket).toBe("closed")
    // The request arrives; that its answer may not be read by this page is a failure there.
    const answer = await other.evaluate(
      (url) =>
        fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: "{}" }).then(
          () => "answered",
          () => "refused"
        ),
      `${address}logout`
    )
    expect(answer).toBe("refused")
    expect(revoked).toEqual([])
    expect(problems).toEqual(
      ["WebSocket", "POST /logout"].map((what) =>
        expect.stringMatching(
          `^${what} with Host \\S+ and Origin http://127.0.0.1:${port}: the request comes from another`
        )
      )
    )
    await close()
  })

  it("connects again after the server has ended the connection, and misses nothing", async () => {
    const ala = await personAt(browser, address)
    await enterAs(ala, "ala")
    rooms.record("bo@beta", "said", { text: "before" })
    await ala.getByText("before").waitFor()
    rooms.end("the server is restarted")
    rooms.record("bo@beta", "said", { text: "meanwhile" })
    await ala.getByText("meanwhile").waitFor()
    expect(await ala.getByText("before").count()).toBe(1)
  })

  it("fits widths from 360 pixels, without a bar to scroll sideways", async () => {
    rooms.record("bo@beta", "said", { text: "long".repeat(200) })
    rooms.record("שלום@beta", "said", { text: "שלום עולם" })
    for (const width of [360, 800, 1280]) {
      const ala = await personAt(browser, address, width)
      await enterAs(ala, `ala${width}`)
      await ala.getByText("שלום עולם").waitFor()
      expect(await ala.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      expect(await ala.getByLabel("Message in hall").isVisible()).toBe(true)
    }
  })

  it("is used with the keyboard alone", async () => {
    const ala = await personAt(browser, address)
    await ala.getByLabel("Nick").press("Enter")
    await ala.getByLabel("Message in hall").waitFor()
    await ala.keyboard.type("one")
    await ala.keyboard.press("Shift+Enter")
    await ala.keyboard.type("two")
    await ala.keyboard.press("Enter")
    await ala.getByText("one\ntwo").waitFor()
    await ala.keyboard.type("/hel")
    await ala.keyboard.press("Tab")
    await ala.keyboard.press("Enter")
    await ala.getByRole("region", { name: "Commands" }).waitFor()
    await ala.keyboard.press("Escape")
    await ala.getByRole("region", { name: "Commands" }).waitFor({ state: "detached" })
  })
})
