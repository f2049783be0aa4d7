/** Debian's Chromium, driven through playwright-core. */
import { existsSync } from "node:fs"
import { type Browser, chromium, type Page } from "playwright-core"
import { waitLimitMillis } from "../waitLimit.ts"

/** Undefined where it is not installed: then its tests are skipped by name. */
export const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path))

export const launched = (): Promise<Browser> =>
  chromium.launch({
    ...(executablePath && { executablePath }),
    // A user namespace is not possible for root, and /dev/shm of a container is small.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    timeout: waitLimitMillis
  })

/** A browser of its own person: cookies and storage are its own. */
export const personAt = async (browser: Browser, address: string, width = 1280): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width, height: 800 } })
  context.setDefaultTimeout(waitLimitMillis)
  const page = await context.newPage()
  await page.goto(address)
  return page
}

/** Enters as a guest. */
export const enterAs = async (page: Page, nick: string): Promise<void> => {
  await page.getByLabel("Nick").fill(nick)
  await page.getByRole("button", { name: "Enter" }).click()
  await page.getByLabel("Message in hall").waitFor()
}

/** Says a text in the open room. */
export const say = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel("Message in hall").fill(text)
  await page.keyboard.press("Enter")
}
