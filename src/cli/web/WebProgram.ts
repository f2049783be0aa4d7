/** The web server of `serve --web` with the page in it: a bundle of its own, which no other command loads. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import type { Address } from "../../net/Address.ts"
import type { SocketError } from "../../net/Socket.ts"
import { pageOf } from "../../web/WebPage.ts"
import { listen, type ServerOptions } from "./WebServer.ts"

/** The build puts both in: they are made of `src/page/`. */
declare const pageScript: string
declare const pageStyle: string

/** Serves the page until the scope closes; the result is the address. */
export const serve = (options: Omit<ServerOptions, "page">): Effect.Effect<Address, SocketError, Scope.Scope> => {
  const page = pageOf(
    { script: pageScript, style: pageStyle },
    (bytes) => createHash("sha256").update(bytes).digest()
  )
  return listen({ ...options, page: { ...page, gzip: gzipSync(page.html) } })
}
