/** The servers that a client may use, in the order in which it tries them: the last one, those that it was given, those that it has learned. */
import { type Address, format, parse } from "../../net/Address.ts"
import { bytesOfHex } from "../../protocol/Hex.ts"
import * as Limits from "./ClientDriverLimits.ts"

/** Where a server is dialed. */
export interface ServerPlace {
  /** How the person knows it. */
  readonly name: string
  readonly address: Address
  /** Its host key, 32 bytes; undefined where the keys that this user knows decide. */
  readonly key: Uint8Array | undefined
}

export class DialedServers {
  readonly #given: ReadonlyArray<ServerPlace>
  #learned: ReadonlyArray<ServerPlace> = []
  #last: ServerPlace | undefined

  constructor(given: ReadonlyArray<ServerPlace>) {
    this.#given = given
  }

  /** All servers, each once. */
  get inOrder(): ReadonlyArray<ServerPlace> {
    const all = [...this.#last === undefined ? [] : [this.#last], ...this.#given, ...this.#learned]
    return all.filter((one, at) => all.findIndex((other) => keyOf(other) === keyOf(one)) === at)
  }

  /** The person was welcome at a server, which knows others. Those that it names no more are kept while there is room. */
  onWelcome(
    place: ServerPlace,
    servers: ReadonlyArray<{ readonly server: string; readonly address: string; readonly key: string }>
  ): void {
    this.#last = place
    const news = servers.flatMap(({ address, key, server }) => {
      const parsed = isKey.test(key) ? parse(address, undefined) : undefined
      return parsed?.port === undefined
        ? []
        : [{ name: server, address: { host: parsed.host, port: parsed.port }, key: bytesOfHex(key) }]
    })
    const places = new Map([...news, ...this.#learned].map((one) => [keyOf(one), one]))
    this.#learned = Array.from(places.values()).slice(0, Limits.learnedServers)
  }
}

const keyOf = ({ address }: ServerPlace): string => format(address)

const isKey = /^[0-9a-f]{64}$/
