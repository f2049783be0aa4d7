/** Serves rooms in a browser, from a bundle of its own. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createSecureContext } from "node:tls"
import { Accounts } from "../../conversation/accounts/Accounts.ts"
import type { Readers } from "../../conversation/readers/Readers.ts"
import { format } from "../../net/Address.ts"
import type { SocketError } from "../../net/Socket.ts"
import * as OwnFiles from "../../node/security/OwnFiles.ts"
import * as Files from "../../node/storage/Files.ts"
import { EventBus } from "../../telemetry/EventBus.ts"
import * as ReaderTexts from "../../web/ReaderTexts.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, ofKeyring, usage } from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import type { WebPlan } from "./WebPlan.ts"

/** The name of the page in events, beside those of the rooms. */
const app = "page"

/** Listens until the scope closes. */
export const open = (
  { cert, local, policy }: WebPlan,
  readers: Readers,
  report: Report
): Effect.Effect<void, Failure, Accounts | Scope.Scope> =>
  Effect.gen(function*() {
    const tls = cert === undefined ? undefined : yield* certificate(cert)
    const accounts = yield* Accounts
    const bus = yield* EventBus
    const serve = yield* ReaderTexts.serving(readers)
    const { serve: serveWeb } = yield* Effect.promise(() => import("../web/WebProgram.ts"))
    const { host, port } = yield* Effect.mapError(
      serveWeb({
        local,
        policy,
        tls,
        serve,
        // A token that is unknown is worthless already, and a store that fails ends the server.
        revoke: (token) => Effect.ignore(accounts.revoke(token)),
        // Rooms have no attachments yet.
        attachment: () => Effect.succeed(undefined),
        onProblem: (peer, message) =>
          Effect.sync(() =>
            bus.publish({
              _tag: "ServiceDisconnected",
              app,
              transport: "web",
              peer,
              reason: "refused",
              message,
              receivedBytes: 0,
              sentBytes: 0
            })
          )
      }),
      listeningFailure
    )
    yield* report.emit({ type: "listening", app, transport: "web", host, port })
    const scheme = policy.protection === "none" ? "http" : "https"
    const place = policy.name === undefined || policy.protection === "proxy"
      ? policy.name ?? format({ host, port })
      : format({ host: policy.name, port })
    yield* report.note(`in a browser: ${scheme}://${place}/`)
  })

/** A chain of certificates and a key: 2 KiB each, and few. */
const certificateBytes = 262_144

const certificate = (path: string): Effect.Effect<string, Failure> =>
  Effect.gen(function*() {
    const rules = { what: "the certificate", isPublic: false, followsLinks: true, maxBytes: certificateBytes }
    const bytes = yield* Effect.mapError(OwnFiles.read(Files.make(), path, rules), ofKeyring)
    if (bytes === undefined) {
      return yield* Effect.fail(
        usage(`there is no file ${path}`, "--web-cert FILE names a file with the private key and the chain")
      )
    }
    const pem = new TextDecoder().decode(bytes)
    return yield* Effect.try({
      try: () => {
        createSecureContext({ cert: pem, key: pem })
        return pem
      },
      catch: () =>
        usage(
          `${path} has no private key and certificate that belong together`,
          "put both into one file, as PEM: cat privkey.pem fullchain.pem > page.pem; chmod 600 page.pem"
        )
    })
  })

const listeningFailure = (error: SocketError): Failure =>
  new Failure({
    code: error.reason,
    exitCode: ExitCode.usage,
    message: `the page: ${error.message}`,
    hint: error.reason === "AddressInUse"
      ? "another program uses it; take another port with --web PORT, or any free one with --web 0"
      : "--web takes an address of this machine; without one it is 127.0.0.1"
  })
