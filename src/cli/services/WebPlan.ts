/** Where `serve --web` listens, and how its page is protected: checked before anything is opened. */
import * as Either from "effect/Either"
import { type Address, isLoopback } from "../../net/Address.ts"
import type { Policy } from "../../web/WebPolicy.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import type { HostValues } from "../settings/ServiceSettings.ts"

export interface WebPlan {
  readonly local: Address
  readonly policy: Policy
  /** The file with key and chain. */
  readonly cert: string | undefined
}

export type WebValues = Pick<HostValues, "web" | "webCert" | "webName" | "webProxy">

/** Undefined without `--web`. */
export const of = ({ web, webCert, webName, webProxy }: WebValues): Either.Either<WebPlan | undefined, Failure> => {
  if (web === undefined) return Either.right(undefined)
  const local = { host: web.host ?? "127.0.0.1", port: web.port }
  const isOpen = !isLoopback(local.host)
  if (webCert !== undefined && webProxy) {
    return Either.left(usage(
      "--web-cert and --web-proxy exclude each other: either this server speaks TLS, or the proxy before it",
      "leave one of them out"
    ))
  }
  if (webProxy && isOpen) {
    return Either.left(usage(
      `--web-proxy is for a proxy on this machine, and ${local.host} can be reached by others, who could pretend to be it`,
      `listen where only the proxy can connect: --web ${local.port}`
    ))
  }
  if (isOpen && webCert === undefined) {
    return Either.left(usage(
      `--web at ${local.host} can be reached by other machines, and passwords would be readable on the way`,
      "give it a certificate with --web-cert FILE, or leave it at 127.0.0.1 behind a proxy with TLS: --web-proxy"
    ))
  }
  if ((isOpen || webProxy) && webName === undefined) {
    return Either.left(usage(
      "other machines reach the page by a name, and it is served under known names only",
      "give the name in the address of the page: --web-name NAME"
    ))
  }
  const protection = webCert !== undefined ? "tls" : webProxy ? "proxy" : "none"
  return Either.right({ local, policy: { name: webName, protection }, cert: webCert })
}
