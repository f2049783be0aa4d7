/**
 * The communicator on a terminal and models of the existing programs, in both roles: texts, files, damaged files, keep-alives
 * while a menu waits, and the FIN of either side. A keep-alive takes 5 s: HOLUB_TEST_KEEP_ALIVES=60 waits for five minutes.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { ExistingClient } from "../models/ExistingClient.ts"
import { runClient, runServer } from "../models/process.ts"
import { content } from "../protocol/classic/exchange.ts"
import { testLimitMillis } from "../waitLimit.ts"
import { choice, clientOf, ended, serverIn } from "./communicator.ts"
import { folder, tidy } from "./holub.ts"
import { closeTerminals } from "./Terminal.ts"

const keepAlives = Number(process.env["HOLUB_TEST_KEEP_ALIVES"] ?? 1)
const limitMillis = testLimitMillis + (keepAlives - 1) * 5000

const overClassic = { HOLUB_WIRE: "classic" }

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  closeTerminals()
  await Promise.all(closing.splice(0).map((close) => close()))
  await tidy()
})

/** Lets a test wait for a state of a model. */
class Watch {
  readonly #waiting = new Set<() => void>()

  readonly onChange = (): void => {
    for (const look of this.#waiting) look()
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

describe("the communicator as a client of an existing server", () => {
  const start = async () => {
    const watch = new Watch()
    const { close, model, port } = await runServer({ port: 0, host: "127.0.0.1", onChange: watch.onChange })
    closing.push(close)
    const home = folder()
    writeFileSync(join(home, "a.bin"), content(5000))
    return { model, watch, terminal: await clientOf(port, home, overClassic) }
  }

  it("sends a text, a file and a damaged file, stays connected while its menu waits, and sends FIN", async () => {
    const { model, terminal, watch } = await start()
    await terminal.answers(choice, "text")
    await terminal.answers(/text \[/, "Toto je text, ktorý sa poslal")
    await terminal.answers(/fragment size/, "4")
    await terminal.sees(/sent text: 30 B .*8 fragments of 4 B/)
    await terminal.answers(choice, "file")
    await terminal.answers(/file/, "a.bin")
    await terminal.answers(/fragment size/, "500")
    await terminal.sees(/sent a\.bin: 4\.9 KiB .*11 fragments of 500 B/)
    await terminal.answers(choice, "file error")
    await terminal.answers(/file \[/, "")
    await terminal.answers(/fragments to damage/, "every:4")
    await terminal.answers(/how/, "remove")
    await terminal.answers(/fragment size/, "")
    // On a slow machine the announcement may be repeated too, and further fragments.
    const [, total, list = ""] = await terminal.sees(
      /sent a\.bin: [^]*damaged on purpose 3: 4, 8, 12\n +repeated (\d+): ([^\n]+)\n/
    )
    const repeated = list.split(/, | and /)
    expect(repeated).toEqual(expect.arrayContaining(["4", "8", "12"]))
    const times = repeated.map((word) =>
      Number(/^(\d+) more$/.exec(word)?.[1] ?? /\((\d+) times\)/.exec(word)?.[1] ?? 1)
    )
    expect(times.reduce((sum, one) => sum + one)).toBe(Number(total))
    const before = model.counters.keepAlives
    await watch.until(() => model.counters.keepAlives >= before + keepAlives)
    await terminal.answers(choice, "log out")
    await watch.until(() => model.ending !== undefined)
    await terminal.answers(choice, "quit")
    expect((await ended(terminal)).code).toBe(0)
    expect([model.accidents, model.ending]).toEqual([0, "peerLeft"])
    expect(model.received.map(({ bytes, kind, name }) => [kind, name, bytes.length])).toEqual([
      ["text", undefined, 30],
      ["file", "a.bin", 5000],
      ["file", "a.bin", 5000]
    ])
    expect(model.received.slice(1).every(({ bytes }) => Buffer.from(bytes).equals(content(5000)))).toBe(true)
  }, limitMillis)

  it("reports at once that the server has ended the connection, while its menu waits", async () => {
    const { model, terminal, watch } = await start()
    await terminal.waitsAt(choice)
    model.leave()
    await watch.until(() => model.ending === "left")
    await terminal.sees(/127\.0\.0\.1:\d+ ended the connection/)
    await terminal.sees(/Main menu/)
    await terminal.answers(choice, "quit")
    expect((await ended(terminal)).code).toBe(0)
  })
})

describe("the communicator as a server of an existing client", () => {
  const start = async () => {
    const watch = new Watch()
    const home = folder()
    const { port, terminal } = await serverIn(home, overClassic)
    const damaging = { isOn: false }
    const model = new ExistingClient({ damage: (sequenceNumber) => damaging.isOn && sequenceNumber % 4 === 0 })
    const { close, wake } = await runClient({ model, port, host: "127.0.0.1", onChange: watch.onChange })
    closing.push(close)
    return { damaging, home, model, terminal, wake, watch }
  }

  it("receives a text, a file and a damaged file, keeps the client alive, and reports its FIN", async () => {
    const { damaging, home, model, terminal, wake, watch } = await start()
    model.sendText("Toto je text, ktorý sa poslal", 4)
    model.sendFile("a.bin", content(5000), 500)
    wake()
    await terminal.sees(/Toto je text, ktorý sa poslal\n/)
    await terminal.sees(/received a\.bin: 4\.9 KiB .*11 fragments of 500 B/)
    damaging.isOn = true
    model.sendFile("b.bin", content(5000), 500)
    wake()
    await terminal.sees(/received b\.bin: [^]*damaged 2: 4, 8\n/)
    const before = model.counters.keepAlivesAnswered
    await watch.until(() => model.counters.keepAlivesAnswered >= before + keepAlives)
    model.leave()
    wake()
    await terminal.sees(/127\.0\.0\.1:\d+ left\n/)
    expect([model.provoked, model.counters.unasked, model.counters.timeouts, model.ending]).toEqual([0, 0, 0, "left"])
    const files = ["a.bin", "b.bin"].map((name) => readFileSync(join(home, "in/deep", name)))
    expect(files.every((bytes) => bytes.equals(content(5000)))).toBe(true)
    await terminal.answers(choice, "log out")
    await terminal.answers(choice, "quit")
    expect((await ended(terminal)).code).toBe(0)
  }, limitMillis)

  it("ends the connection in answer to the next keep-alive when it logs out", async () => {
    const { model, terminal, wake, watch } = await start()
    model.sendText("x", 4)
    wake()
    await terminal.sees(/received text/)
    await terminal.answers(choice, "log out")
    await watch.until(() => model.ending !== undefined)
    expect(model.ending).toBe("peerLeft")
    await terminal.sees(/logged out/)
    await terminal.answers(choice, "quit")
    expect((await ended(terminal)).code).toBe(0)
  })
})
