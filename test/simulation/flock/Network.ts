/**
 * The paths between clients and server under flock, with the faults of a script: rate, queue, MTU, and faults of single
 * datagrams. It works on addresses, datagrams and time; of packets it reads the form only.
 */
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import {
  connectionIdOf,
  endOf,
  form,
  formAt,
  headerBytes,
  writeHeader
} from "../../../src/protocol/flock/wire/Packet.ts"
import type { Timeline } from "../Timeline.ts"
import type { FlockScript, PassageFault } from "./Script.ts"

/** "up": from a client to the server. */
export type Direction = "up" | "down"

/** Receives the events of the network. */
export interface NetworkListener {
  /** A fault has occurred. */
  readonly onFault: (kind: string) => void
  /** A datagram was sent (`sent N`), has arrived (`arrived`), or was dropped (the reason). */
  readonly onDatagram: ((client: number, direction: Direction, bytes: Uint8Array, status: string) => void) | undefined
  /** A host has sent the nth datagram of a link. */
  readonly onSent: (client: number, direction: Direction, nth: number, bytes: Uint8Array) => void
  /** A server has sent a datagram to a third party. */
  readonly onStray: (from: string, to: string, bytes: Uint8Array) => void
}

type Receive = (bytes: Uint8Array, from: string) => void

/** Datagrams that the kernel merges. */
interface Merged {
  readonly from: string
  readonly head: number
  readonly datagrams: Array<Uint8Array>
  readonly deliver: (bytes: Uint8Array) => void
  /** How many more are merged. */
  more: number
}

interface Link {
  merged: Merged | undefined
  sent: number
  busyUntil: number
  readonly faults: Map<number, Array<PassageFault>>
  readonly overheard: Map<number, Uint8Array>
}

/** The server's address, and that of another server with the same host key. */
export const serverAddress = "server:4040"
export const otherAddress = "server:4041"
/** A client's address. */
export const addressOf = (client: number, port: number): string => `client${client}:${port}`
export const pathOf = (address: string): Path => {
  const [host = "", port] = address.split(":")
  return { host, port: Number(port) }
}
export const format = ({ host, port }: Path): string => `${host}:${port}`
/** How long the kernel waits for datagrams that it merges. */
const mergeMillis = 1

/** A third party's address. */
export const strangersAddress = (stranger: number): string => `stranger${stranger}:9`
/** Whether an address or host is a third party's. */
export const isStrangers = (address: string): boolean => address.startsWith("stranger")
/** The number of the client with the address; undefined for a third party's address. */
export const clientOf = (address: string): number | undefined => {
  const number = /^client(\d+):/.exec(address)?.[1]
  return number === undefined ? undefined : Number(number)
}

/** The complete packets of a datagram. */
export function* packetsOf(bytes: Uint8Array): Generator<readonly [start: number, end: number]> {
  for (let start = 0; start < bytes.length;) {
    const end = endOf(bytes, start, bytes.length)
    if (end === undefined) return
    yield [start, end]
    start = end
  }
}

/** The network of a world. */
export class Network {
  readonly #timeline: Timeline
  readonly #route: FlockScript["route"]
  readonly #listener: NetworkListener
  readonly #links = new Map<string, Link>()
  readonly #outages: Array<{ readonly outage: "both" | Direction; readonly from: number; readonly until: number }> = []
  #delayMillis: number
  #mtuBytes: number
  readonly #servers = new Map<string, Receive>()
  readonly #clients = new Map<string, Receive>()

  constructor(timeline: Timeline, { clients, faults, route }: FlockScript, listener: NetworkListener) {
    this.#timeline = timeline
    this.#route = route
    this.#listener = listener
    this.#delayMillis = route.delayMillis
    this.#mtuBytes = route.mtuBytes
    for (const client of clients.keys()) {
      for (const direction of ["up", "down"]) {
        this.#links.set(`${client}${direction}`, {
          merged: undefined,
          sent: 0,
          busyUntil: 0,
          faults: new Map(),
          overheard: new Map()
        })
      }
    }
    for (const fault of faults) {
      if ("link" in fault) {
        const known = this.#links.get(fault.link)?.faults
        known?.set(fault.nth, [...known.get(fault.nth) ?? [], fault])
      } else if ("overheard" in fault) {
        this.#links.get(fault.overheard.link)?.overheard.set(fault.overheard.nth, new Uint8Array(0))
      } else if ("outage" in fault) this.#outages.push(fault)
      else if ("mtu" in fault) {
        timeline.at(fault.at, () => this.#change("smaller path", () => this.#mtuBytes = fault.mtu))
      } else if ("slower" in fault) {
        timeline.at(fault.at, () => this.#change("slower path", () => this.#delayMillis += fault.slower))
      }
    }
  }

  /** Sets the receive function of a server. */
  serve(address: string, receive: Receive): void {
    this.#servers.set(address, receive)
  }

  /** Opens a client's socket. Returns the function that closes it. */
  connect(address: string, receive: Receive): () => void {
    this.#clients.set(address, receive)
    return () => this.#clients.delete(address)
  }

  /** Sends from a client's address to the server. */
  sendUp(client: number, address: string, bytes: Uint8Array): void {
    this.#pass(
      client,
      "up",
      address,
      bytes,
      (passed, relayed) => this.inject(relayed ?? address, serverAddress, passed)
    )
  }

  /** Sends from a server to a client's address. */
  sendDown(from: string, address: string, bytes: Uint8Array): void {
    const client = clientOf(address)
    if (client === undefined) {
      this.#listener.onFault("sent to a stranger")
      return this.#listener.onStray(from, address, bytes)
    }
    this.#pass(client, "down", from, bytes, (passed, relayed) => this.inject(relayed ?? from, address, passed))
  }

  /** Delivers a third party's datagram to the server, without faults. */
  sendStray(stranger: number, bytes: Uint8Array): void {
    this.#listener.onFault("stranger's datagram")
    this.inject(strangersAddress(stranger), serverAddress, bytes)
  }

  /** Delivers a datagram at once, whoever sends it. The receiver gets a copy, because it decrypts in place. */
  inject(from: string, to: string, bytes: Uint8Array): void {
    const receive = this.#servers.get(to) ?? this.#clients.get(to)
    receive?.(bytes.slice(), from)
  }

  /**
   * The nth datagram of a link as recorded by a third party; empty if it was not sent yet, undefined if it is not
   * recorded.
   */
  overheard(link: string, nth: number): Uint8Array | undefined {
    return this.#links.get(link)?.overheard.get(nth)
  }

  #change(fault: string, change: () => void): void {
    change()
    this.#listener.onFault(fault)
  }

  #pass(
    client: number,
    direction: Direction,
    sender: string,
    original: Uint8Array,
    deliver: (bytes: Uint8Array, from?: string) => void
  ): void {
    const link = this.#links.get(`${client}${direction}`)
    if (link === undefined) return
    const nth = link.sent++
    this.#listener.onSent(client, direction, nth, original)
    if (link.overheard.has(nth)) link.overheard.set(nth, original)
    const trace = (bytes: Uint8Array, status: string): void =>
      this.#listener.onDatagram?.(client, direction, bytes, status)
    const drop = (reason: string): void => {
      this.#listener.onFault(reason)
      trace(original, reason)
    }
    trace(original, `sent ${nth}`)
    let bytes = original
    let late = 0
    let copyAfter: number | undefined
    let from: string | undefined
    let merge: { readonly merge: number; readonly head: number } | undefined
    const faults = link.faults.get(nth) ?? []
    for (const fault of faults) {
      if ("lose" in fault) return drop("lost")
      if ("delay" in fault) late += fault.delay
      else if ("double" in fault) copyAfter = fault.double
      else if ("merge" in fault) merge = fault
      else if ("relay" in fault) from = strangersAddress(fault.relay)
      else bytes = damage(bytes, fault)
      this.#listener.onFault(Object.keys(fault)[2] ?? "")
    }
    if (bytes.length > this.#mtuBytes) return drop("too large")
    const passedAt = this.#queue(link, bytes.length)
    if (passedAt === undefined) return drop("queue full")
    if (this.#isOut(direction)) return drop("outage")
    const arrive = (): void => {
      if (this.#isOut(direction)) return drop("outage")
      trace(bytes, bytes === original ? "arrived" : "arrived damaged")
      if (from !== undefined) return deliver(bytes, from)
      this.#merge(link, { from: sender, bytes, deliver }, merge)
    }
    this.#timeline.at(passedAt + this.#delayMillis + late, arrive)
    if (copyAfter !== undefined) this.#timeline.at(passedAt + this.#delayMillis + late + copyAfter, arrive)
  }

  /** Delivers a datagram, alone or in a run. A run has datagrams of one length, of which the last may be shorter. */
  #merge(
    link: Link,
    { bytes, deliver, from }: Pick<Merged, "from" | "deliver"> & { readonly bytes: Uint8Array },
    fault: Pick<Merged, "head"> & { readonly merge: number } | undefined
  ): void {
    const flush = (merged: Merged | undefined): void => {
      if (merged === undefined || link.merged !== merged) return
      link.merged = undefined
      merged.deliver(runOf(merged))
    }
    const { merged } = link
    const first = merged?.datagrams[0]
    const isData = formAt(bytes, 0) === form.data
    const isNext = isData && merged?.from === from && first !== undefined && bytes.length <= first.length
    if (isNext && connectionIdOf(bytes, 0) === connectionIdOf(first, 0)) {
      merged.datagrams.push(bytes)
      return --merged.more <= 0 || bytes.length < first.length ? flush(merged) : undefined
    }
    flush(merged)
    if (fault === undefined || fault.merge === 0 || !isData) return deliver(bytes)
    const next = { from, head: fault.head, datagrams: [bytes], deliver, more: fault.merge }
    link.merged = next
    this.#timeline.after(mergeMillis, () => flush(next))
  }

  /** The time at which the datagram leaves the bottleneck; undefined if the queue is full. */
  #queue(link: Link, bytes: number): number | undefined {
    const { bytesPerMilli = Infinity, queueBytes = Infinity } = this.#route
    const { now } = this.#timeline
    if (bytesPerMilli === Infinity) return now
    const start = Math.max(now, link.busyUntil)
    if ((start - now) * bytesPerMilli > queueBytes) return undefined
    link.busyUntil = start + bytes / bytesPerMilli
    return link.busyUntil
  }

  #isOut(direction: Direction): boolean {
    const { now } = this.#timeline
    return this.#outages.some(({ from, outage, until }) =>
      (outage === "both" || outage === direction) && now >= from && now < until
    )
  }
}

/** Datagrams behind a forged one of the same length, which says that it has another. */
const runOf = ({ datagrams: [first = new Uint8Array(0), ...others], head }: Merged): Uint8Array => {
  const forged = first.map((byte) => byte ^ 0x55)
  writeHeader(forged, 0, form.data, connectionIdOf(first, 0), headerBytes + head)
  return new Uint8Array(Buffer.concat([forged, first, ...others]))
}

const damage = (bytes: Uint8Array, fault: PassageFault): Uint8Array => {
  if ("flip" in fault && bytes.length > 0) {
    const damaged = bytes.slice()
    const bit = fault.flip % (8 * bytes.length)
    damaged[bit >>> 3] = (damaged[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
    return damaged
  }
  if ("cut" in fault && fault.cut < bytes.length) return bytes.slice(0, fault.cut)
  return "extend" in fault ? new Uint8Array(Buffer.concat([bytes, Buffer.from(fault.extend, "hex")])) : bytes
}
