/**
 * The paths between clients and server, with the faults of a script. It knows addresses, datagrams and time; of frames
 * only which damage the checksum of UDP would have to find, because the classic wire cannot (docs/PROTOCOL.md §1).
 */
import { frameType } from "../models/frames.ts"
import type { PassageFault, Script } from "./Script.ts"
import type { Timeline } from "./Timeline.ts"

export type Direction = "up" | "down"
export const serverAddress = "server:4040"

export interface NetworkListener {
  /** A fault as it happened. */
  readonly onFault: (kind: string) => void
  /** A datagram leaves (`sent`), or comes to its end: `arrived`, or why not. */
  readonly onDatagram?: ((client: number, direction: Direction, bytes: Uint8Array, fate: string) => void) | undefined
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

export class Network {
  readonly #timeline: Timeline
  readonly #listener: NetworkListener
  readonly #links = new Map<string, Link>()
  readonly #outages: Array<Outage> = []
  readonly #delays: Array<number>
  #server: Receive | undefined
  /** What each client's present address receives. */
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

  /** The server listens, or, without `receive`, nobody does. */
  serve(receive: Receive | undefined): void {
    this.#server = receive
  }

  /** A client's socket, which hears its server only; returns what closes it. */
  connect(client: number, address: string, receive: Receive, refused: () => void): () => void {
    this.#clients.set(address, { client, receive, refused })
    return () => this.#clients.delete(address)
  }

  sendUp(client: number, address: string, bytes: Uint8Array): void {
    this.#pass(client, "up", bytes, (passed) => {
      if (this.#server !== undefined) return this.#server(passed, address)
      // Nobody listens: the system of the server says so.
      this.#timeline.after(this.#delays[client] ?? 0, () => this.#clients.get(address)?.refused())
    })
  }

  sendDown(address: string, bytes: Uint8Array): void {
    const client = clientOf(address)
    if (client === undefined) return
    this.#pass(client, "down", bytes, (passed) => this.#clients.get(address)?.receive(passed, serverAddress))
  }

  /** Somebody else's datagram, which meets no fault; a connected socket does not hear it. */
  sendStray(stranger: number, bytes: Uint8Array): void {
    this.#listener.onFault("stranger's datagram")
    this.#server?.(bytes, `stranger${stranger}:9`)
  }

  /** What somebody on the path has seen, if it was sent by now. */
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
      return this.#end(client, direction, bytes, "found by UDP's checksum")
    }
    const arrive = (): void => {
      if (this.#isOut(client, direction, this.#timeline.now)) return this.#end(client, direction, bytes, "outage")
      this.#listener.onDatagram?.(client, direction, bytes, bytes === original ? "arrived" : "arrived damaged")
      deliver(bytes)
    }
    this.#timeline.at(now + delay, arrive)
    if (copyAfter !== undefined) this.#timeline.at(now + delay + copyAfter, arrive)
  }

  #end(client: number, direction: Direction, bytes: Uint8Array, fate: string): void {
    this.#listener.onFault(fate)
    this.#listener.onDatagram?.(client, direction, bytes, fate)
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
      // Shorter than either: what is left of the datagram before is no late copy of it.
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

/** A client's addresses are `client0#0:9`, `client0#1:9` and so on. */
export const addressOf = (client: number, incarnation: number): string => `client${client}#${incarnation}:9`
/** Undefined for a stranger's. */
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
 * Whether damage makes another answer, KPA or FIN of one. These have no check of their own: on this wire only the checksum
 * of UDP stands between them, so the simulated one finds just this damage and lets all other pass.
 */
const isForgery = (original: Uint8Array, damaged: Uint8Array, direction: Direction): boolean => {
  const isBelieved = direction === "up" ? isKeepAliveOrEnd(damaged) : isAnswer(damaged) || isKeepAliveOrEnd(damaged)
  return isBelieved && Buffer.compare(original.subarray(0, 9), damaged.subarray(0, 9)) !== 0
}

// In the simulator's own words, so that a bug of the program's is none of the network's.
const isAnswer = (bytes: Uint8Array): boolean =>
  (bytes[8] === frameType.ACK &&
    (bytes.length === 13 || (bytes.length === 14 && (bytes[13] === 0x46 || bytes[13] === 0x54)))) ||
  (bytes[8] === frameType.NACK && bytes.length === 13)

const isKeepAliveOrEnd = (bytes: Uint8Array): boolean =>
  (bytes[8] === frameType.KPA || bytes[8] === frameType.FIN) && bytes.length === 13 &&
  bytes.every((byte, at) => byte === 0 || at === 8 || (at === 7 && byte === 13))
