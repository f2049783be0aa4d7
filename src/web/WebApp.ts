/** The answers to the requests of browsers: the page, log-ins and log-outs, and attachments. `PageConnection` is its WebSocket. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Address } from "../net/Address.ts"
import type { ServeTexts } from "./ReaderTexts.ts"
import * as SessionCookie from "./SessionCookie.ts"
import { LoginForm, NoFile, WebApi, WebRefused } from "./WebApi.ts"
import * as WebLimits from "./WebLimits.ts"
import * as WebLogin from "./WebLogin.ts"
import { commonHeaders, type Page } from "./WebPage.ts"
import { judge, type Policy, type Verdict } from "./WebPolicy.ts"

/** An attachment of a room. */
export interface Attachment {
  readonly name: string
  readonly bytes: number
  readonly content: Stream.Stream<Uint8Array>
}

export interface WebOptions {
  readonly page: Page
  readonly policy: Policy
  /** Of the listener. */
  readonly port: number
  readonly serve: ServeTexts
  /** Makes a token worthless. */
  readonly revoke: (token: string) => Effect.Effect<void>
  /** The attachment with a SHA-256 in hexadecimal digits, for the person whose token this is; undefined for one that the person may not have. */
  readonly attachment: (sha256: string, token: string | undefined) => Effect.Effect<Attachment | undefined>
  /** Something went wrong, for the operator. */
  readonly onProblem: (peer: Address, message: string) => Effect.Effect<void>
}

type Served = Extract<Verdict, { readonly _tag: "Served" }>

/** The application; it needs no file system, because no request may have files. */
export const make = (options: WebOptions): Effect.Effect<HttpApp.Default, never, Scope.Scope> =>
  Effect.gen(function*() {
    const routes = HttpApiBuilder.api(WebApi).pipe(
      Layer.provide(handlersOf(options)),
      Layer.provideMerge(Layer.mergeAll(HttpApiBuilder.Router.Live, HttpApiBuilder.Middleware.layer)),
      Layer.merge(HttpServer.layerContext)
    )
    const context = yield* Layer.build(routes)
    const app = yield* Effect.provide(HttpApiBuilder.httpApp, context)
    return guarded(Effect.provide(app, context), options)
  })

/** Requests that the policy refuses get its reason only; every answer has the headers of security. */
const guarded = (app: HttpApp.Default, { onProblem, policy }: WebOptions): HttpApp.Default =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const verdict = verdictOf(request, policy)
    if (verdict._tag === "Refused") {
      yield* onProblem(
        peerOf(request),
        `${request.method} ${pathOf(request)} with Host ${request.headers["host"]} and Origin ${
          request.headers["origin"]
        }: ${verdict.reason}`
      )
      return refusal(verdict.status, verdict.reason)
    }
    if (!isRead(request) && !/^application\/json\s*(?:;|$)/i.test(request.headers["content-type"] ?? "")) {
      return refusal(415, "the body has to be JSON")
    }
    return yield* Effect.catchAllCause(app, (cause) =>
      isUnknownRoute(cause)
        ? Effect.succeed(refusal(404, "there is nothing here"))
        : Effect.as(
          onProblem(verdict.peer, `${request.method} ${pathOf(request)}: ${Cause.pretty(cause)}`),
          refusal(500, "the server has failed; its operator can see why")
        ))
  }).pipe(
    Effect.map((response) => HttpServerResponse.setHeaders(response, { ...commonHeaders, ...response.headers })),
    HttpIncomingMessage.withMaxBodySize(Option.some(WebLimits.bodyBytes))
  )

const refusal = (status: number, reason: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.unsafeJson({ reason }, { status })

const isUnknownRoute = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return typeof error === "object" && error !== null && "_tag" in error && error._tag === "RouteNotFound"
}

const handlersOf = (options: WebOptions) =>
  HttpApiBuilder.group(WebApi, "page", (handlers) =>
    handlers
      .handleRaw("document", ({ request }) => Effect.succeed(document(request, options.page)))
      .handleRaw("login", ({ request }) => login(request, options))
      .handleRaw("logout", ({ request }) => logout(request, options))
      .handleRaw("file", ({ path, request }) => file(path.sha256, request, options)))

const document = (
  { headers: asked }: HttpServerRequest.HttpServerRequest,
  { gzip, headers, html }: Page
): HttpServerResponse.HttpServerResponse => {
  const contentType = "text/html; charset=utf-8"
  return gzip !== undefined &&
      /(?:^|,)\s*gzip\s*(?:$|[,;](?!\s*q=0(?:\.0*)?\s*(?:,|$)))/.test(asked["accept-encoding"] ?? "")
    ? HttpServerResponse.uint8Array(gzip, { contentType, headers: { ...headers, "content-encoding": "gzip" } })
    : HttpServerResponse.text(html, { contentType, headers })
}

/** The body is read here: an error of the Schema would have the password in it. */
const login = (request: HttpServerRequest.HttpServerRequest, { policy, port, serve }: WebOptions) =>
  Effect.gen(function*() {
    const form = yield* Effect.mapError(
      HttpServerRequest.schemaBodyJson(LoginForm),
      () => new WebRefused({ reason: "a name and a password are needed" })
    )
    const { isSecure, peer } = servedOf(request, policy)
    const { expires, nick, token } = yield* Effect.mapError(
      WebLogin.logIn(serve, form, peer),
      ({ reason, waitMillis }) => new WebRefused({ reason, waitMillis })
    )
    const seconds = (expires - (yield* Clock.currentTimeMillis)) / 1000
    return HttpServerResponse.unsafeJson(
      { nick },
      { headers: { "set-cookie": SessionCookie.keep({ port, isSecure }, token, seconds) } }
    )
  })

const logout = (request: HttpServerRequest.HttpServerRequest, { policy, port, revoke }: WebOptions) =>
  Effect.gen(function*() {
    const place = { port, isSecure: servedOf(request, policy).isSecure }
    const token = SessionCookie.tokenIn(request.headers["cookie"], place)
    if (token !== undefined) yield* revoke(token)
    return HttpServerResponse.empty({ status: 204, headers: { "set-cookie": SessionCookie.forget(place) } })
  })

/** As a download, whatever it is: a page or an image of a stranger must not act in the name of this one. */
const file = (
  sha256: string,
  request: HttpServerRequest.HttpServerRequest,
  { attachment, policy, port }: WebOptions
) =>
  Effect.gen(function*() {
    const place = { port, isSecure: servedOf(request, policy).isSecure }
    const found = yield* attachment(sha256, SessionCookie.tokenIn(request.headers["cookie"], place))
    if (found === undefined) return yield* new NoFile({ reason: "there is no such file for you" })
    return HttpServerResponse.stream(found.content, {
      contentType: "application/octet-stream",
      contentLength: found.bytes,
      headers: { "content-disposition": dispositionOf(found.name), "cache-control": "private, no-store" }
    })
  })

/** RFC 6266, with the name in UTF-8 (RFC 8187). */
export const dispositionOf = (name: string): string => {
  const encoded = encodeURIComponent(name.replaceAll(/\p{Cs}/gu, "\ufffd")).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return `attachment; filename*=UTF-8''${encoded}`
}

const isRead = ({ method }: HttpServerRequest.HttpServerRequest): boolean => method === "GET" || method === "HEAD"

const pathOf = ({ url }: HttpServerRequest.HttpServerRequest): string => url.split("?", 1)[0] ?? ""

const peerOf = ({ remoteAddress }: HttpServerRequest.HttpServerRequest): Address => ({
  host: Option.getOrElse(remoteAddress, () => "0.0.0.0"),
  port: 0
})

const verdictOf = (request: HttpServerRequest.HttpServerRequest, policy: Policy): Verdict => {
  const { headers } = request
  return judge({
    peer: peerOf(request),
    host: headers["host"],
    origin: headers["origin"],
    forwardedProto: headers["x-forwarded-proto"],
    forwardedFor: headers["x-forwarded-for"],
    needsOrigin: !isRead(request)
  }, policy)
}

/** Of a request that was served already. */
const servedOf = (request: HttpServerRequest.HttpServerRequest, policy: Policy): Served => {
  const verdict = verdictOf(request, policy)
  if (verdict._tag === "Refused") throw new Error(verdict.reason)
  return verdict
}
