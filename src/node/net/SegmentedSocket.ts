/**
 * Runs of datagrams on a socket of node:dgram that is open: what is sent and not yet taken, the buffers for it, and what is
 * counted. A kernel that cuts and merges runs is handed to it; without one, runs go out datagram by datagram.
 */
import type { RemoteInfo, Socket as DgramSocket } from "node:dgram"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Counters, Fill, Handler, Offload, Sent } from "../../net/BatchSocket.ts"
import { runBytes } from "../../net/BatchSocket.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import { isConnected } from "./Dgram.ts"
import { sendErrorOf } from "./SocketErrors.ts"

/** Of one buffer to send from: a little more than UDP carries, so that the kernel and not we refuse what is larger. */
const bufferBytes = 64 * 1024

/** A kernel that cuts what is sent and merges what arrives. */
export interface Segmentation {
  /** Each later send is cut into datagrams of that length; 0 for one datagram a send. */
  readonly cutInto: (datagramBytes: number) => void
  /** Messages that the kernel dropped when they arrived. */
  readonly drops: () => number
}

/** Goes out of the pool with a run and comes back in the callback of its last send: the kernel may read it until then. */
interface Pooled {
  readonly bytes: Uint8Array
  to: Address
  datagramBytes: number
  length: number
  isCut: boolean
  /** Sends that have not called back. */
  pending: number
  hasFailed: boolean
  readonly sent: (cause: Error | null, bytes?: number) => void
}

export class SegmentedSocket {
  readonly #socket: DgramSocket
  readonly #handler: Handler
  readonly #isConnected: boolean
  readonly #segmentation: Segmentation | undefined
  /** Why runs are not cut by the kernel; undefined while they are. */
  #reason: string | undefined
  readonly #pool: Array<Pooled> = []
  #made = 0
  /** What the kernel cuts into at the moment. */
  #cutBytes = 0
  #isPauseDue = false
  #isFull = false
  #isDrainDue = false
  #isOpen = true
  readonly #counters = {
    sentDatagrams: 0,
    sentBytes: 0,
    refusedDatagrams: 0,
    fullSends: 0,
    receivedRuns: 0,
    receivedBytes: 0
  }
  #lastDrops: number | undefined

  /** `segmentation` may be a reason for its absence. */
  constructor(socket: DgramSocket, handler: Handler, segmentation: Segmentation | string) {
    this.#socket = socket
    this.#handler = handler
    this.#isConnected = isConnected(socket)
    this.#segmentation = typeof segmentation === "string" ? undefined : segmentation
    this.#reason = typeof segmentation === "string" ? segmentation : undefined
    const isMerged = this.#segmentation !== undefined
    socket.on("message", ({ buffer, byteOffset, byteLength }: Buffer, { address: host, port }: RemoteInfo) => {
      // Nobody can be answered at port 0, and an empty datagram says nothing.
      if (port === 0 || byteLength === 0) return
      this.#counters.receivedRuns++
      this.#counters.receivedBytes += byteLength
      const bytes = new Uint8Array(buffer, byteOffset, byteLength)
      handler.onRun({ bytes, from: { host, port }, stride: isMerged ? undefined : byteLength })
      if (this.#isPauseDue) return
      this.#isPauseDue = true
      // libuv hands over up to 32 messages, each in a call of its own, before immediates run.
      setImmediate(() => {
        this.#isPauseDue = false
        if (this.#isOpen) handler.onPause()
      })
    })
  }

  /** Nothing is sent after this, and the kernel is not asked again: the number of the descriptor may soon be another's. */
  close(): void {
    this.#lastDrops = this.#drops()
    this.#isOpen = false
  }

  offload(): Offload {
    return this.#reason === undefined ? { isOn: true } : { isOn: false, reason: this.#reason }
  }

  counters(): Counters {
    return { ...this.#counters, droppedMessages: this.#drops() }
  }

  send(to: Address, datagramBytes: number, fill: Fill): Sent {
    if (!this.#isOpen) return "Nothing"
    if (this.#isBlocked()) {
      this.#isFull = true
      this.#counters.fullSends++
      return "Full"
    }
    const buffer = this.#pool.pop() ?? this.#pooled()
    const target = buffer.bytes.subarray(0, runBytes(datagramBytes))
    const length = fill(target)
    if (length > target.length) throw new RangeError(`a run of ${length} bytes where ${target.length} fit`)
    if (length === 0) {
      this.#pool.push(buffer)
      return "Nothing"
    }
    buffer.to = to
    buffer.datagramBytes = datagramBytes
    buffer.length = length
    buffer.hasFailed = false
    // One datagram alone goes uncut: under a length larger than its path takes the kernel would refuse even a short one.
    buffer.isCut = length > datagramBytes && this.#reason === undefined
    this.#cutInto(buffer.isCut ? datagramBytes : 0)
    const step = buffer.isCut ? length : datagramBytes
    buffer.pending = Math.ceil(length / step)
    for (let offset = 0; offset < length; offset += step) {
      this.#hand(buffer, buffer.bytes.subarray(offset, Math.min(offset + step, length)))
    }
    return "Sent"
  }

  #hand({ to, sent }: Pooled, bytes: Uint8Array): void {
    if (this.#isConnected) this.#socket.send(bytes, sent)
    else this.#socket.send(bytes, to.port, to.host, sent)
  }

  /**
   * What waits in libuv's queue goes out later, under whatever length the kernel then cuts into, and one refusal there fails
   * its neighbours: so nothing joins a queue.
   */
  #isBlocked(): boolean {
    return this.#socket.getSendQueueCount() > 0 || (this.#pool.length === 0 && this.#made >= NetLimits.sendRuns)
  }

  #cutInto(bytes: number): void {
    if (bytes === this.#cutBytes) return
    this.#segmentation?.cutInto(bytes)
    this.#cutBytes = bytes
  }

  #pooled(): Pooled {
    this.#made++
    const one: Pooled = {
      bytes: new Uint8Array(bufferBytes),
      to: { host: "", port: 0 },
      datagramBytes: 0,
      length: 0,
      isCut: false,
      pending: 0,
      hasFailed: false,
      sent: (cause, bytes = 0) => {
        if (cause === null) this.#taken(one, bytes)
        else this.#refused(one, cause)
        if (--one.pending === 0) this.#returned(one)
      }
    }
    return one
  }

  #taken(run: Pooled, bytes: number): void {
    this.#counters.sentDatagrams += datagramsOf(run)
    this.#counters.sentBytes += bytes
  }

  #refused(run: Pooled, cause: Error): void {
    this.#counters.refusedDatagrams += datagramsOf(run)
    // A network device that cannot do it, or a path with IPsec: from now on datagram by datagram.
    if (run.isCut && "code" in cause && cause.code === "EIO") {
      this.#reason = `the network device on the way to ${format(run.to)} cannot cut runs`
    }
    if (!run.hasFailed) this.#handler.onError(sendErrorOf(cause, format(run.to)), run.datagramBytes)
    run.hasFailed = true
  }

  #returned(run: Pooled): void {
    this.#pool.push(run)
    if (!this.#isFull || this.#isDrainDue) return
    this.#isDrainDue = true
    // A send that the kernel took at once calls back before anything is received: whoever answered right then would
    // send for ever and hear nothing.
    setImmediate(() => {
      this.#isDrainDue = false
      if (!this.#isFull || !this.#isOpen || this.#isBlocked()) return
      this.#isFull = false
      this.#handler.onDrain()
    })
  }

  #drops(): number | undefined {
    return this.#isOpen ? this.#segmentation?.drops() : this.#lastDrops
  }
}

/** Of one send of the run. */
const datagramsOf = ({ datagramBytes, isCut, length }: Pooled): number => isCut ? Math.ceil(length / datagramBytes) : 1
