/** A web server on this machine for tests, with a server of rooms that a test plays. */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { listen, type ServerOptions } from "../../../src/cli/web/WebServer.ts"
import type { ServeTexts } from "../../../src/web/ReaderTexts.ts"
import { type Page, pageOf } from "../../../src/web/WebPage.ts"

export const testPage: Page = pageOf(
  { script: "1", style: "" },
  (bytes) => createHash("sha256").update(bytes).digest()
)

/** Answers every text with the same text. */
export const echo: ServeTexts = (port) => ({ onText: (text) => port.send(text), onEnd: () => undefined })

export const webServer = (some: Partial<ServerOptions> = {}) =>
  Effect.gen(function*() {
    const problems: Array<string> = []
    const { host, port } = yield* listen({
      local: { host: "127.0.0.1", port: 0 },
      tls: undefined,
      page: testPage,
      policy: { name: undefined, protection: "none" },
      serve: echo,
      revoke: () => Effect.void,
      attachment: () => Effect.succeed(undefined),
      onProblem: (_, message) => Effect.sync(() => void problems.push(message)),
      ...some
    })
    return { host, port, authority: `${host}:${port}`, problems }
  })
