/**
 * The keys with which servers sign their events, by the names of the servers. The session of a link proves the key of a linked server;
 * the key of a server that is known through others is that of its first event here.
 */
import * as LinkLimits from "./LinkLimits.ts"

/** What is known of a server: its key as hexadecimal text, and whether a link has proved it. */
export interface KnownServer {
  readonly server: string
  readonly key: string
  readonly isProved: boolean
}

export class ServerKeys {
  readonly #known = new Map<string, KnownServer>()
  #news: Array<KnownServer> = []

  /** Those that a store has. */
  constructor(known: Iterable<KnownServer> = []) {
    for (const one of known) this.#known.set(one.server, one)
  }

  /** Whether a key is that of the server. The first key of a server that is not known is learned, as far as there is room. */
  trusts(server: string, key: string): boolean {
    const known = this.#known.get(server)
    if (known !== undefined) return known.key === key
    if (this.#known.size >= LinkLimits.serverKeys) return false
    this.#learn({ server, key, isProved: false })
    return true
  }

  /**
   * A link has proved the key of its server. Returns what was known: `Changed` if events with another key were taken before, which a third
   * server may have forged; the new key replaces it, unless a link had proved the other one.
   */
  prove(server: string, key: string): "Known" | "Learned" | "Changed" | "Contradicted" {
    const known = this.#known.get(server)
    if (known?.isProved === true) return known.key === key ? "Known" : "Contradicted"
    this.#learn({ server, key, isProved: true })
    if (known === undefined || known.key === key) return "Learned"
    return "Changed"
  }

  /** What was learned since the last call, for the store. */
  take(): ReadonlyArray<KnownServer> {
    const news = this.#news
    this.#news = []
    return news
  }

  #learn(one: KnownServer): void {
    this.#known.set(one.server, one)
    this.#news.push(one)
  }
}
