/**
 * The open sockets of a wildcard (`WildcardSocket`): the choice of the one that sends, and the sum of their counters.
 */
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format, isLoopback } from "../../net/Address.ts"
import type { Bound, Counters, Fill, Handler, Path, Reason, Sent, SmallBuffer } from "../../net/Socket.ts"
import { noCounters, runBytes, SocketError } from "../../net/Socket.ts"
import { familyOf } from "./Dgram.ts"

/** Whether a send returned `Full` and the call of `onDrain` has not followed yet. */
export interface Drain {
  isDue: boolean
}

/** The socket of one address. */
export interface Member {
  /** The address as listed; the socket may report it in another form. */
  readonly address: string
  readonly bound: Bound
  readonly drain: Drain
  readonly scope: Scope.CloseableScope
}

/** The open sockets of one wildcard. */
export class Members {
  readonly #wildcard: string
  readonly #handler: Handler
  #port: number
  #members: ReadonlyArray<Member> = []
  /** By the local address of received runs. */
  #byLocal: ReadonlyMap<string, Member> = new Map()
  /** The reason of the last failure, by address. */
  readonly #failures = new Map<string, Reason>()
  /** The counters of sockets that were closed, and of runs that had no socket. */
  #past = noCounters
  #isOpen = false

  constructor({ host, port }: Address, handler: Handler) {
    this.#wildcard = host
    this.#port = port
    this.#handler = handler
  }

  get local(): Address {
    return { host: this.#wildcard, port: this.#port }
  }

  get port(): number {
    return this.#port
  }

  get isEmpty(): boolean {
    return this.#members.length === 0
  }

  has(address: string): boolean {
    return this.#members.some((member) => member.address === address)
  }

  /** From now on runs are delivered: a handler cannot answer before its socket is open. */
  start(): void {
    this.#isOpen = true
  }

  stop(): void {
    this.#isOpen = false
  }

  handlerOf(drain: Drain): Handler {
    const { onPause } = this.#handler
    return {
      onRun: (run) => {
        if (this.#isOpen) this.#handler.onRun(run)
      },
      onPause: onPause === undefined ? undefined : () => this.#handler.onPause?.(),
      onError: (error, segmentBytes) => this.#handler.onError(error, segmentBytes),
      onDrain: () => {
        drain.isDue = false
        this.#handler.onDrain?.()
      }
    }
  }

  add(member: Member): void {
    this.#port = member.bound.local.port
    this.#failures.delete(member.address)
    this.#setMembers([...this.#members, member])
  }

  /** Returns the members that it removed. */
  removeAllBut(addresses: ReadonlyArray<string>): ReadonlyArray<Member> {
    for (const address of this.#failures.keys()) if (!addresses.includes(address)) this.#failures.delete(address)
    const removed = this.#members.filter(({ address }) => !addresses.includes(address))
    if (removed.length === 0) return removed
    this.#setMembers(this.#members.filter((member) => !removed.includes(member)))
    for (const { bound, drain } of removed) {
      this.#past = sumOf(this.#past, bound.counters())
      // Otherwise a caller that waits for room in this socket would wait forever.
      if (drain.isDue) this.#handler.onDrain?.()
    }
    return removed
  }

  /** An address is reported once for each reason. One that is not available yet is normal: IPv6 addresses begin as tentative. */
  onFailure(address: string, error: SocketError): void {
    if (error.reason === "AddressNotAvailable" || this.#failures.get(address) === error.reason) return
    this.#failures.set(address, error.reason)
    this.#handler.onError(error, undefined)
  }

  bound(): Bound {
    const all = this.#members.map(({ bound }) => bound)
    return {
      local: this.local,
      send: (to, segmentBytes, fill) => this.#send(to, segmentBytes, fill),
      discoversMtu: all.every(({ discoversMtu }) => discoversMtu),
      offload: () => this.#members.map(({ bound }) => bound.offload()).find(({ isOn }) => !isOn) ?? { isOn: true },
      receiveBufferBytes: Math.min(...all.map(({ receiveBufferBytes }) => receiveBufferBytes)),
      smallBuffers: smallestOf(all.flatMap(({ smallBuffers }) => smallBuffers)),
      counters: () => this.#members.reduce((total, { bound }) => sumOf(total, bound.counters()), this.#past)
    }
  }

  #setMembers(members: ReadonlyArray<Member>): void {
    this.#members = members
    this.#byLocal = new Map(members.map((member) => [member.bound.local.host, member]))
  }

  #send(to: Path, segmentBytes: number | undefined, fill: Fill): Sent {
    const member = to.local === undefined ? this.#default(to) : this.#byLocal.get(to.local)
    if (member === undefined) return this.#lose(to, segmentBytes, fill)
    const sent = member.bound.send(to, segmentBytes, fill)
    if (sent === "Full") member.drain.isDue = true
    return sent
  }

  /** The first socket of the right family; one at a loopback address reaches loopback addresses only. */
  #default({ host }: Path): Member | undefined {
    const family = this.#members.filter(({ address }) => familyOf(address) === familyOf(host))
    return family.find(({ address }) => isLoopback(address) === isLoopback(host)) ?? family[0]
  }

  /**
   * The local address no longer exists. The run is lost, as on any network, and the caller continues as after any send.
   */
  #lose({ local }: Path, segmentBytes: number | undefined, fill: Fill): Sent {
    if (!this.#isOpen) return "Nothing"
    const length = fill(new Uint8Array(runBytes(segmentBytes)))
    if (length === 0) return "Nothing"
    const refusedDatagrams = Math.ceil(length / (segmentBytes ?? length))
    this.#past = sumOf(this.#past, { ...noCounters, refusedDatagrams })
    const error = notAvailable({ host: local ?? this.#wildcard, port: this.#port })
    queueMicrotask(() => {
      if (this.#isOpen) this.#handler.onError(error, segmentBytes)
    })
    return "Sent"
  }
}

const sumOf = (one: Counters, other: Counters): Counters => ({
  sentDatagrams: one.sentDatagrams + other.sentDatagrams,
  sentBytes: one.sentBytes + other.sentBytes,
  refusedDatagrams: one.refusedDatagrams + other.refusedDatagrams,
  fullSends: one.fullSends + other.fullSends,
  receivedRuns: one.receivedRuns + other.receivedRuns,
  receivedBytes: one.receivedBytes + other.receivedBytes,
  droppedMessages: one.droppedMessages === undefined
    ? other.droppedMessages
    : one.droppedMessages + (other.droppedMessages ?? 0)
})

/** The smallest buffer of each direction. */
const smallestOf = (buffers: ReadonlyArray<SmallBuffer>): ReadonlyArray<SmallBuffer> =>
  (["receive", "send"] as const).flatMap((direction) =>
    buffers.filter((buffer) => buffer.direction === direction).toSorted((one, other) =>
      one.givenBytes - other.givenBytes
    )
      .slice(0, 1)
  )

export const notAvailable = (address: Address): SocketError =>
  new SocketError({
    reason: "AddressNotAvailable",
    address: format(address),
    message: `this machine has no address ${format(address)}`
  })
