/**
 * Which requests of browsers are served. A page of another origin can make a browser send requests to any address, also to 127.0.0.1, and can
 * let its own name point there (DNS rebinding). So the name in `Host` must be one of this server, and what changes something must come from
 * its own page: `Origin` (RFC 6454).
 */
import { type Address, isLoopback, parse } from "../net/Address.ts"
import { canonicalHost } from "../protocol/Source.ts"

export interface Policy {
  /** The name by which other machines know the page, in lower case; undefined: only names of the machine itself are served. */
  readonly name: string | undefined
  /** How requests are protected: not at all, by TLS of this server, or by a proxy on this machine that speaks TLS. */
  readonly protection: "none" | "tls" | "proxy"
}

/** What a request says about itself, and where it comes from. */
export interface RequestFacts {
  readonly peer: Address
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly forwardedProto: string | undefined
  readonly forwardedFor: string | undefined
  /** It changes something, or opens a WebSocket. */
  readonly needsOrigin: boolean
}

export type Verdict =
  | {
    readonly _tag: "Served"
    /** The origin of the page: `https://holub.example`. */
    readonly origin: string
    readonly isSecure: boolean
    /** The browser, also behind a proxy: attempts to log in are counted by it. */
    readonly peer: Address
  }
  | { readonly _tag: "Refused"; readonly status: 403 | 421; readonly reason: string }

/** Whether a request is served. The reason of a refusal is a sentence for a person, without a full stop. */
export const judge = (facts: RequestFacts, { name, protection }: Policy): Verdict => {
  const host = hostOf(facts.host)
  const isOwn = host !== undefined && isLoopback(host)
  if (host === undefined || (!isOwn && host !== name)) {
    return refused(421, "the server has no such name; the operator gives it one with --web-name")
  }
  const isForwarded = protection === "proxy" && isLoopback(canonicalHost(facts.peer.host)) &&
    facts.forwardedProto !== undefined
  const isSecure = protection === "tls" || (isForwarded && facts.forwardedProto === "https")
  if (!isSecure && (!isOwn || isForwarded)) {
    return refused(403, "the page is served to other machines over https only")
  }
  const origin = `${isSecure ? "https" : "http"}://${facts.host?.toLowerCase()}`
  if (facts.needsOrigin && facts.origin !== origin) {
    return refused(403, "the request comes from another page")
  }
  const peer = isForwarded ? forwardedPeer(facts.forwardedFor) : facts.peer
  return peer === undefined
    ? refused(403, "the proxy does not say whose request it is: X-Forwarded-For")
    : { _tag: "Served", origin, isSecure, peer }
}

const refused = (status: 403 | 421, reason: string): Verdict => ({ _tag: "Refused", status, reason })

/** The name or address in a `Host`, in lower case. */
const hostOf = (text: string | undefined): string | undefined => {
  // The text becomes part of an origin: nothing but a name or an address, and a port.
  if (text === undefined || !/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(text)) return undefined
  return parse(text, undefined)?.host.toLowerCase()
}

/** A proxy appends the address that it sees: those before it are what a client says. Without one, all would count as this machine. */
const forwardedPeer = (forwardedFor = ""): Address | undefined => {
  const last = forwardedFor.split(",").at(-1)?.trim() ?? ""
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i.test(last) ? { host: last, port: 0 } : undefined
}
