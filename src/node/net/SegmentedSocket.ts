/**
 * Sends and receives runs of datagrams on an open socket of node:dgram: the pending sends and the counters. The kernel's segmentation is passed in; without it, runs are sent datagram by datagram.
 */
import type { RemoteInfo, Socket as DgramSocket } from "node:dgram"
import { format } from "../../net/Address.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import type { Counters, Fill, Handler, Offload, Path, Sent } from "../../net/Socket.ts"
import { noCounters, runBytes } from "../../net/Socket.ts"
import { isConnected } from "./Dgram.ts"
import { type RunBuffer, type RunBuffers, runBuffers, singleBuffers } from "./RunBuffers.ts"
import { sendErrorOf } from "./SocketErrors.ts"

/** The kernel's segmentation of sends and merging of received datagrams. */
export interface Segmentation {
  /** Each later send is segmented into datagrams of that length; 0 for one datagram per send. */
  readonly cutInto: (datagramBytes: number) => void
  /** Received messages that the kernel dropped. */
  readonly drops: () => number
}

/** The sends of one size that this socket has in the kernel. */
interface Sending {
  readonly buffers: RunBuffers
  readonly most: number
  count: number
}

export class SegmentedSocket {
  readonly #socket: DgramSocket
  readonly #handler: Handler
  readonly #isConnected: boolean
  readonly #segmentation: Segmentation | undefined
  /** The reason for which the kernel does not segment runs; undefined while it does. */
  #reason: string | undefined
  readonly #runs: Sending = { buffers: runBuffers, most: NetLimits.sendRuns, count: 0 }
  readonly #singles: Sending = { buffers: singleBuffers, most: NetLimits.sendBuffers, count: 0 }
  /** The current segment length of the kernel. */
  #cutBytes = 0
  #isPauseDue = false
  #isFull = false
  #isDrainDue = false
  #isOpen = true
  readonly #counters = { ...noCounters }
  #lastDrops: number | undefined

  /** `segmentation` may be a reason for its absence; `local` is the address at which peers reach a socket for any peer. */
  constructor(socket: DgramSocket, handler: Handler, segmentation: Segmentation | string, local?: string) {
    this.#socket = socket
    this.#handler = handler
    this.#isConnected = isConnected(socket)
    this.#segmentation = typeof segmentation === "string" ? undefined : segmentation
    this.#reason = typeof segmentation === "string" ? segmentation : undefined
    const isMerged = this.#segmentation !== undefined
    const { onPause } = handler
    socket.on("message", ({ buffer, byteOffset, byteLength }: Buffer, { address: host, port }: RemoteInfo) => {
      // No answer can be sent to port 0, and an empty datagram carries nothing.
      if (port === 0 || byteLength === 0) return
      this.#counters.receivedRuns++
      this.#counters.receivedBytes += byteLength
      const bytes = new Uint8Array(buffer, byteOffset, byteLength)
      handler.onRun({ bytes, from: { host, port, local }, segmentBytes: isMerged ? undefined : byteLength })
      if (onPause === undefined || this.#isPauseDue) return
      this.#isPauseDue = true
      // libuv delivers up to 32 messages, each in a call of its own, before immediates run.
      setImmediate(() => {
        this.#isPauseDue = false
        if (this.#isOpen) onPause()
      })
    })
  }

  /** Stops sending and system calls: the number of the descriptor may be reused for another file. */
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

  send(to: Path, segmentBytes: number | undefined, fill: Fill): Sent {
    if (!this.#isOpen) return "Nothing"
    const sending = segmentBytes === undefined ? this.#singles : this.#runs
    if (this.#isBlocked(sending)) {
      this.#isFull = true
      this.#counters.fullSends++
      return "Full"
    }
    const filled = sending.buffers.take()
    const room = runBytes(segmentBytes)
    const target = room === filled.bytes.length ? filled.bytes : filled.bytes.subarray(0, room)
    const length = fill(target)
    if (length > target.length) throw new RangeError(`a run of ${length} bytes where ${target.length} fit`)
    if (length === 0) {
      filled.giveBack()
      return "Nothing"
    }
    const buffer = filled.fitted(length)
    sending.count++
    buffer.isRun = sending === this.#runs
    buffer.onSent = this.#onSent
    buffer.to = to
    buffer.segmentBytes = segmentBytes ?? length
    buffer.length = length
    buffer.hasFailed = false
    // A single datagram is sent with segment length 0: above the path's MTU the kernel would refuse even a short one.
    buffer.isCut = length > buffer.segmentBytes && this.#reason === undefined
    this.#cutInto(buffer.isCut ? buffer.segmentBytes : 0)
    const step = buffer.isCut ? length : buffer.segmentBytes
    buffer.pending = Math.ceil(length / step)
    if (buffer.pending === 1) {
      if (buffer.view.length !== length) buffer.view = buffer.bytes.subarray(0, length)
      this.#hand(buffer, buffer.view)
    } else {
      for (let offset = 0; offset < length; offset += step) {
        this.#hand(buffer, buffer.bytes.subarray(offset, Math.min(offset + step, length)))
      }
    }
    return "Sent"
  }

  #hand({ to, sent }: RunBuffer, bytes: Uint8Array): void {
    if (this.#isConnected) this.#socket.send(bytes, sent)
    else this.#socket.send(bytes, to.port, to.host, sent)
  }

  /**
   * Sends in libuv's queue are sent later, with the segment length of that time, and a refused send fails the sends
   * after it: therefore a run is never queued.
   */
  #isBlocked(sending: Sending): boolean {
    return sending.count >= sending.most || (sending === this.#runs && this.#socket.getSendQueueCount() > 0)
  }

  #cutInto(bytes: number): void {
    if (bytes === this.#cutBytes) return
    this.#segmentation?.cutInto(bytes)
    this.#cutBytes = bytes
  }

  readonly #onSent = (run: RunBuffer, cause: Error | null, sentBytes: number): void => {
    if (cause === null) this.#taken(run, sentBytes)
    else this.#refused(run, cause)
    if (--run.pending === 0) this.#returned(run)
  }

  #taken(run: RunBuffer, bytes: number): void {
    this.#counters.sentDatagrams += datagramsOf(run)
    this.#counters.sentBytes += bytes
  }

  #refused(run: RunBuffer, cause: Error): void {
    this.#counters.refusedDatagrams += datagramsOf(run)
    // The network device cannot segment, or the path uses IPsec: from now on datagram by datagram.
    if (run.isCut && "code" in cause && cause.code === "EIO") {
      this.#reason = `the network device on the way to ${format(run.to)} cannot cut runs`
    }
    if (!run.hasFailed) this.#handler.onError(sendErrorOf(cause, format(run.to)), run.segmentBytes)
    run.hasFailed = true
  }

  #returned(run: RunBuffer): void {
    const sending = run.isRun ? this.#runs : this.#singles
    sending.count--
    run.giveBack()
    if (!this.#isFull || this.#isDrainDue) return
    this.#isDrainDue = true
    // The callback of a send that the kernel accepted at once runs before anything is received: a handler that sent
    // again in it would send forever and receive nothing.
    setImmediate(() => {
      this.#isDrainDue = false
      if (!this.#isFull || !this.#isOpen || this.#isBlocked(this.#runs)) return
      this.#isFull = false
      this.#handler.onDrain?.()
    })
  }

  #drops(): number | undefined {
    return this.#isOpen ? this.#segmentation?.drops() : this.#lastDrops
  }
}

/** The callback of one send of the run. */
const datagramsOf = ({ isCut, length, segmentBytes }: RunBuffer): number => isCut ? Math.ceil(length / segmentBytes) : 1
