/**
 * The paths between clients and server, with the faults of a script. It inspects frames for one purpose only: to drop
 * damage that the classic wire cannot detect, as UDP's checksum does (docs/PROTOCOL.md §1).
 */
import { frameType } from "../models/frames.ts"
import type { PassageFault, Script } from "./Script.ts"
import type { Timeline } from "./Timeline.ts"

/** "up": from a client to the server. */
export type Direction = "up" | "down"
/** The server's only address. */
export const serverAddress = "server:4040"

/** Receives the events of the network. */
export interface NetworkListener {
  /** A fault has occurred. */
  readonly onFault: (kind: string) => void
  /** A datagram was sent (`sent N`, its number on the link), has arrived (`arrived`), or was dropped (the reason). */
  readonly onDatagram?: ((client: number, direction: Direction, bytes: Uint8Array, status: string) => void) | undefined
}

type Receive = (bytes: Uint8Array, from: string) => void

interface Link {
  sent: number
  before: Uint8Array
  readonly faults: ReadonlyMap<number, ReadonlyArray<PassageFault>>
  readonly overheard: Map<number, Uint8Array>
}

interface Outage {
  readonly outage: "both" | Direction
  readonly client?: number | undefined
  readonly from: number
  readonly until: number
}

/** The network of a world. */
export class Network {
  readonly #timeline: Timeline
  readonly #listener: NetworkListener
  readonly #links = new Map<string, Link>()
  readonly #outages: Array<Outage> = []
  readonly #delays: Array<number>
  #server: Receive | undefined
  /** The receive functions by the clients' current addresses. */
  readonly #clients = new Map<
    string,
    { readonly client: number; readonly receive: Receive; readonly refused: () => void }
  >()

  constructor(timeline: Timeline, script: Script, listener: NetworkListener) {
    this.#timeline = timeline
    this.#listener = listener
    this.#delays = script.clients.map(({ delayMillis }) => delayMillis)
    for (const [name, faults] of faultsByLink(script)) this.#links.set(name, linkOf(faults, script, name))
    for (const fault of script.faults) {
      if ("outage" in fault) this.#outages.push(fault)
      else if ("slower" in fault) {
        timeline.at(fault.at, () => {
          this.#delays[fault.client] = (this.#delays[fault.client] ?? 0) + fault.slower
          listener.onFault("slower path")
        })
      }
    }
  }

  /** Sets the server's receive function; undefined if no server listens. */
  serve(receive: Receive | undefined): void {
    this.#server = receive
  }

  /** Opens a client's connected socket, which receives from the server only. Returns the function that closes it. */
  connect(client: number, address: string, receive: Receive, refused: () => void): () => void {
    this.#clients.set(address, { client, receive, refused })
    return () => this.#clients.delete(address)
  }

  /** Sends from a client's address to the server. */
  sendUp(client: number, address: string, bytes: Uint8Array): void {
    this.#pass(client, "up", bytes, (passed) => {
      if (this.#server !== undefined) return this.#server(passed, address)
      // No server listens: the server's system answers with "port unreachable".
      this.#timeline.after(this.#delays[client] ?? 0, () => this.#clients.get(address)?.refused())
    })
  }

  /** Sends from the server to a client's address. */
  sendDown(address: string, bytes: Uint8Array): void {
    const client = clientOf(address)
    if (client === undefined) return
    this.#pass(client, "down", bytes, (passed) => this.#clients.get(address)?.receive(passed, serverAddress))
  }

  /**
   * Delivers a datagram from a third party to the server, without faults. Clients' connected sockets would not receive
   * it.
   */
  sendStray(stranger: number, bytes: Uint8Array): void {
    this.#listener.onFault("stranger's datagram")
    this.#server?.(bytes, `stranger${stranger}:9`)
  }

  /**
   * The nth datagram of a link as recorded by a third party; empty if it was not sent yet, undefined if it is not
   * recorded.
   */
  overheard(link: string, nth: number): Uint8Array | undefined {
    return this.#links.get(link)?.overheard.get(nth)
  }

  #pass(client: number, direction: Direction, original: Uint8Array, deliver: (bytes: Uint8Array) => void): void {
    const { now } = this.#timeline
    const link = this.#link(`${client}${direction}`)
    const nth = link.sent++
    if (link.overheard.has(nth)) link.overheard.set(nth, original)
    this.#listener.onDatagram?.(client, direction, original, `sent ${nth}`)
    let bytes = original
    let delay = this.#delays[client] ?? 0
    let copyAfter: number | undefined
    const faults = link.faults.get(nth) ?? []
    for (const fault of faults) {
      if ("lose" in fault) return this.#end(client, direction, original, "lost")
      if ("delay" in fault) {
        delay += fault.delay
        this.#listener.onFault("delayed")
      } else if ("double" in fault) {
        copyAfter = fault.double
        this.#listener.onFault("doubled")
      } else bytes = this.#damaged(bytes, fault, link.before)
    }
    link.before = original
    if (this.#isOut(client, direction, now)) return this.#end(client, direction, original, "outage")
    if (bytes !== original && isForgery(original, bytes, direction)) {
      return this.#end(client, direction, bytes, "dropped by UDP's checksum")
    }
    const arrive = (): void => {
      if (this.#isOut(client, direction, this.#timeline.now)) return this.#end(client, direction, bytes, "outage")
      this.#listener.onDatagram?.(client, direction, bytes, bytes === original ? "arrived" : "arrived damaged")
      deliver(bytes)
    }
    this.#timeline.at(now + delay, arrive)
    if (copyAfter !== undefined) this.#timeline.at(now + delay + copyAfter, arrive)
  }

  #end(client: number, direction: Direction, bytes: Uint8Array, status: string): void {
    this.#listener.onFault(status)
    this.#listener.onDatagram?.(client, direction, bytes, status)
  }

  #damaged(bytes: Uint8Array, fault: PassageFault, before: Uint8Array): Uint8Array {
    if ("flip" in fault && bytes.length > 0) {
      this.#listener.onFault("bit flipped")
      const damaged = bytes.slice()
      const bit = fault.flip % (8 * bytes.length)
      damaged[bit >>> 3] = (damaged[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      return damaged
    }
    if ("cut" in fault && fault.cut < bytes.length) {
      this.#listener.onFault("cut")
      return bytes.slice(0, fault.cut)
    }
    if ("extend" in fault) {
      this.#listener.onFault("extended")
      return new Uint8Array(Buffer.concat([bytes, Buffer.from(fault.extend, "hex")]))
    }
    if ("splice" in fault) {
      this.#listener.onFault("spliced")
      // Shorter than both, so that the result is no late copy of the previous datagram.
      const from = Math.min(fault.splice, before.length - 1, bytes.length - 1)
      return new Uint8Array(Buffer.concat([before.subarray(0, Math.max(0, from)), bytes.subarray(Math.max(0, from))]))
    }
    return bytes
  }

  #isOut(client: number, direction: Direction, now: number): boolean {
    return this.#outages.some((one) =>
      (one.outage === "both" || one.outage === direction) && (one.client === undefined || one.client === client) &&
      now >= one.from && now < one.until
    )
  }

  #link(name: string): Link {
    const link = this.#links.get(name) ??
      { sent: 0, before: new Uint8Array(0), faults: new Map(), overheard: new Map() }
    this.#links.set(name, link)
    return link
  }
}

/** An address of a client. `incarnation` counts its address changes: `client0#0:9`, `client0#1:9` and so on. */
export const addressOf = (client: number, incarnation: number): string => `client${client}#${incarnation}:9`
/** The number of the client that has the address; undefined for a third party's address. */
export const clientOf = (address: string): number | undefined => {
  const number = /^client(\d+)#/.exec(address)?.[1]
  return number === undefined ? undefined : Number(number)
}

const faultsByLink = (script: Script): Map<string, Map<number, Array<PassageFault>>> => {
  const links = new Map<string, Map<number, Array<PassageFault>>>()
  for (const fault of script.faults) {
    if (!("link" in fault)) continue
    const link = links.get(fault.link) ?? new Map<number, Array<PassageFault>>()
    link.set(fault.nth, [...(link.get(fault.nth) ?? []), fault])
    links.set(fault.link, link)
  }
  return links
}

const linkOf = (faults: Link["faults"], script: Script, name: string): Link => {
  const wanted = script.faults.flatMap((fault) =>
    "overheard" in fault && fault.overheard.link === name ? [fault.overheard.nth] : []
  )
  return {
    sent: 0,
    before: new Uint8Array(0),
    faults,
    overheard: new Map(wanted.map((nth) => [nth, new Uint8Array(0)]))
  }
}

/**
 * Whether damage changes a frame to a different valid answer, KPA or FIN. These frames have no CRC: on the classic wire
 * only UDP's checksum protects them. The simulated checksum therefore drops this damage and passes all other damage.
 */
const isForgery = (original: Uint8Array, damaged: Uint8Array, direction: Direction): boolean => {
  const isAccepted = direction === "up" ? isKeepAliveOrEnd(damaged) : isAnswer(damaged) || isKeepAliveOrEnd(damaged)
  return isAccepted && Buffer.compare(original.subarray(0, 9), damaged.subarray(0, 9)) !== 0
}

// Implemented independently of the production code, so that a bug there does not affect the network.
const isAnswer = (bytes: Uint8Array): boolean =>
  (bytes[8] === frameType.ACK &&
    (bytes.length === 13 || (bytes.length === 14 && (bytes[13] === 0x46 || bytes[13] === 0x54)))) ||
  (bytes[8] === frameType.NACK && bytes.length === 13)

const isKeepAliveOrEnd = (bytes: Uint8Array): boolean =>
  (bytes[8] === frameType.KPA || bytes[8] === frameType.FIN) && bytes.length === 13 &&
  bytes.every((byte, offset) => byte === 0 || offset === 8 || (offset === 7 && byte === 13))
