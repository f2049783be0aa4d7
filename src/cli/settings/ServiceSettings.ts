/** Rows of the table of settings (Settings.ts): the apps of a server, and the server that `join` talks to. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type Language, languages } from "../../apps/Language.ts"
import type { Registration } from "../../conversation/accounts/Accounts.ts"
import { type Address, parse as parseAddress } from "../../net/Address.ts"
import { destinationError, groupError, listeningError } from "../../net/Unicast.ts"
import * as ClientLimits from "../../protocol/conversation/client/ClientLimits.ts"
import { ServerName } from "../../protocol/conversation/EventBody.ts"
import { listed } from "../text/Format.ts"
import { parseApp } from "./AppOption.ts"
import type { Parse, ValueOf } from "./Setting.ts"
import { duration, integer, nonEmpty, optional, path, repeatable, toggle, valued } from "./Setting.ts"

const language: Parse<Language> = (text) =>
  Either.fromNullable(languages.find((one) => one === text), () => `must be ${listed(languages, "or")}`)

const profile: Parse<"course"> = (text) => text === "course" ? Either.right(text) : Either.left("must be course")

const registrations: ReadonlyArray<Registration> = ["closed", "invite", "open"]
const registration: Parse<Registration> = (text) =>
  Either.fromNullable(registrations.find((one) => one === text), () => `must be ${listed(registrations, "or")}`)

/** A server of plain programs. */
export interface RawServer {
  readonly transport: "tcp" | "udp"
  readonly host: string
  readonly port: number
}

const raw: Parse<RawServer> = (text) => {
  const [, transport, place = ""] = /^(tcp|udp):\/\/([^/]+)\/?$/.exec(text) ?? []
  const address = parseAddress(place, undefined)
  const { port = 0 } = address ?? {}
  if (address === undefined || port === 0) return Either.left("must be tcp://HOST:PORT or udp://HOST:PORT")
  return destinationError({ ...address, port }) === undefined
    ? Either.right({ transport: transport === "udp" ? "udp" : "tcp", host: address.host, port })
    : Either.left("must be the address of one machine")
}

const app = repeatable(
  "app",
  "APP",
  "an app, as NAME[/ROOM][=CONFIG][@PORT]; serve: may be given several times; join --raw: the app whose client to be",
  parseApp
)

const apps = {
  app,
  language: optional(
    "language",
    languages.join("|"),
    "the language of the texts of apps (default: that of LANG, else en)",
    language
  )
}

const serverName: Parse<string> = (text) =>
  Schema.is(ServerName)(text)
    ? Either.right(text)
    : Either.left("must be a name such as alpha or alpha.example, in lower case")

/** A port alone leaves the host open. */
const place: Parse<{ readonly host: string | undefined; readonly port: number }> = (text) => {
  const given = parseAddress(/^\d+$/.test(text) ? `0.0.0.0:${text}` : text, undefined)
  if (given?.port === undefined || listeningError({ ...given, port: given.port }) !== undefined) {
    return Either.left("must be PORT, HOST:PORT or [IPv6]:PORT, with an address of this machine")
  }
  return Either.right({ host: /^\d+$/.test(text) ? undefined : given.host, port: given.port })
}

const hostName: Parse<string> = (text) =>
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)
    ? Either.right(text.toLowerCase())
    : Either.left("must be a name or an IPv4 address without a port, like rooms.example")

/** The address of a runner: the other hosts use it as it is. */
const runner: Parse<Address> = (text) => {
  const given = parseAddress(text, undefined)
  return given?.port === undefined ||
      destinationError({ ...given, port: given.port === 0 ? 1 : given.port }) !== undefined
    ? Either.left("must be HOST:PORT, an address of this machine that the other hosts reach; port 0 for any free one")
    : Either.right({ host: given.host, port: given.port })
}

/** Settings of `serve`. */
export const services = {
  ...apps,
  profile: optional("profile", "NAME", "course: every app at its usual port", profile),
  allowUnproved: toggle(
    "allow-unproved",
    "let apps answer unproved addresses of other machines more than they ask for"
  ),
  serverName: optional(
    "server-name",
    "SERVER",
    "the name of this server beside its people, as in ala@alpha (default: that of the store, else of the machine)",
    serverName
  ),
  store: optional(
    "store",
    "STORE",
    "a file, or a database as postgres://USER@HOST/DATABASE: it keeps accounts and what apps remember (default: memory)",
    nonEmpty
  ),
  cluster: optional(
    "cluster",
    "HOST:PORT",
    "be one of the hosts of a server: they share its store, a database, and its host key, and reach this one here",
    runner
  ),
  register: optional(
    "register",
    registrations.join("|"),
    "who may make an account: closed, the operator only; invite, with an invitation; open, anybody (default: open on loopback, else closed)",
    registration
  ),
  plainLogin: toggle("plain-login", "let other machines send passwords to apps unencrypted"),
  web: optional("web", "[HOST:]PORT", "serve rooms in a browser; without HOST for this machine only", place),
  webName: optional("web-name", "NAME", "--web: the name by which other machines reach the page", hostName),
  webCert: optional("web-cert", "FILE", "--web: the private key and the chain of certificates for https, as PEM", path),
  webProxy: toggle("web-proxy", "--web: a proxy on this machine has TLS; its X-Forwarded headers are believed")
}

/** The settings of the rooms of a server. */
export type HostValues = { readonly [Name in keyof typeof services]: ValueOf<(typeof services)[Name]> }

/** Settings of clients of rooms. */
export const roomClients = {
  nick: optional("nick", "NICK", "your nick in rooms; without it the server gives one", nonEmpty),
  everywhere: optional(
    "everywhere",
    "DURATION",
    "say: wait until every server of the room has the posts, at most for so long",
    duration(1, 24 * 3600 * 1000)
  ),
  last: valued(
    "last",
    "N",
    "follow: begin with the last N events of the room",
    integer(0, ClientLimits.unreadEvents),
    "0"
  ),
  count: optional("count", "N", "follow: exit after N posts", integer(1, 1_000_000))
}

/** Settings of `link add`. */
export const linking = {
  key: optional("key", "KEY", "the host key of the other server, from holub key show on its machine", nonEmpty),
  acceptOnly: toggle("accept-only", "the other server dials this one")
}

const group: Parse<Address> = (text) => {
  const { host = "", port = 0 } = parseAddress(text, undefined) ?? {}
  return port === 0 || groupError({ host, port }) !== undefined
    ? Either.left("must be a multicast group and a port, like 239.255.40.40:4041")
    : Either.right({ host, port })
}

/** Settings of `talk`. */
export const talking = {
  listen: optional("listen", "[HOST:]PORT", "the port of this side; 0 for any free one", place),
  group: optional("group", "GROUP:PORT", "the multicast group to talk in, such as 239.255.40.40:4041", group),
  interface: optional(
    "interface",
    "NAME",
    "the network interface of --group, by name or address (default: the system's choice)",
    nonEmpty
  )
}

/** Settings of `join`. */
export const joining = {
  ...apps,
  nick: roomClients.nick,
  raw: optional("raw", "URL", "a server of plain programs, tcp://HOST:PORT or udp://HOST:PORT", raw),
  framing: optional(
    "framing",
    "FRAMING",
    "join --raw: how messages are isolated, such as lines or padded:64 (default: as the app does; without --app auto)",
    nonEmpty
  )
}
