/**
 * The connection of a client of a room, as a state machine: what it reads goes through its codec to the room, what the room sends
 * through the codec to its queue. It costs no fiber and no timer of its own.
 */
import * as Socket from "@effect/platform/Socket"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { Departure } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import { format, isLoopback } from "../net/Address.ts"
import type { Codec, Decoded, Framing } from "../protocol/framing/Framing.ts"
import { TokenBucket } from "../protocol/TokenBucket.ts"
import type { ServiceDisconnected, ServiceLogged } from "../telemetry/ServiceEvents.ts"
import { type Attendance, type Client, type Outgoing, outgoing } from "./Client.ts"
import type { Room } from "./Room.ts"
import * as RoomLimits from "./RoomLimits.ts"
import { SendQueue, type SendQueueOwner } from "./SendQueue.ts"

/** What the clients of one listener have in common. */
export interface Surroundings {
  readonly room: Room
  readonly framing: Framing
  readonly transport: "tcp" | "session"
  readonly messageBytes: number | undefined
  readonly firstMessageMillis: number
  readonly publish: (event: ServiceDisconnected | ServiceLogged) => void
  /** Milliseconds of the monotonic clock. */
  readonly now: () => number
  /** The deadline of the client may have changed. */
  readonly schedule: (client: SocketClient) => void
  /** Calls `flush` of the client at the end of this turn. */
  readonly flushLater: (client: SocketClient) => void
  readonly fork: (effect: Effect.Effect<void, unknown>) => Fiber.RuntimeFiber<void, unknown>
}

type Write = (chunk: Uint8Array | Socket.CloseEvent) => Effect.Effect<void, Socket.SocketError>

/** `Ending`: what waits is still sent, and input is discarded. */
type State = "Open" | "Ending" | "Over"

export class SocketClient implements Client, SendQueueOwner {
  readonly address: Address
  readonly transport: "tcp" | "session"
  readonly joins: boolean
  readonly write: Write
  readonly fork: Surroundings["fork"]
  /** Whether the client has ended its input. */
  hasEnded = false
  readonly #surroundings: Surroundings
  readonly #codec: Codec
  readonly #queue: SendQueue
  /** Limits what is read; undefined on loopback. */
  readonly #reading: TokenBucket | undefined
  #state: State = "Open"
  #attendance: Attendance | undefined
  /** Why the client has left before its join returned. */
  #departure: Departure | undefined
  /** Reads that wait until the client takes what it was sent, or may be read again. */
  #held: Array<Uint8Array> | undefined
  #heldBytes = 0
  /** Handlers of reads, and HalfClose, that wait. */
  #waiting: Array<() => void> | undefined
  #firstMessageAt = Infinity
  #slowAt = Infinity
  #readAt = Infinity

  constructor(surroundings: Surroundings, address: Address, write: Write) {
    this.address = address
    this.transport = surroundings.transport
    this.joins = surroundings.framing.delimits
    this.write = write
    this.fork = surroundings.fork
    this.#surroundings = surroundings
    this.#codec = surroundings.framing.open(surroundings.messageBytes)
    this.#queue = new SendQueue(this)
    this.#reading = isLoopback(address.host)
      ? undefined
      : new TokenBucket(RoomLimits.readBurstBytes, RoomLimits.readBytesPerSecond)
  }

  /** When `onDeadline` is due. */
  get deadline(): number {
    if (this.#state === "Over") return Infinity
    return Math.min(this.#codec.deadline, this.#firstMessageAt, this.#slowAt, this.#readAt)
  }

  /** Joins the room. */
  open(): void {
    const { firstMessageMillis, now, publish, room, transport } = this.#surroundings
    this.#firstMessageAt = now() + firstMessageMillis
    const joined = room.join(this)
    if (typeof joined !== "string") {
      this.#attendance = joined
      if (this.#departure !== undefined) joined.leave(this.#departure)
    } else {
      const counters = { receivedBytes: 0, sentBytes: 0 }
      const peer = this.address
      const reason = "refused"
      publish({ _tag: "ServiceDisconnected", app: room.name, transport, peer, reason, message: joined, ...counters })
      this.send(outgoing(joined))
      this.#end("Ending")
    }
    this.#surroundings.schedule(this)
  }

  /** Processes a read. Where the client must not be read on, an effect that waits until it may. */
  readonly handleBytes = (bytes: Uint8Array): Effect.Effect<void> | undefined => {
    if (this.#state !== "Open") return undefined
    if (this.#held !== undefined || !this.#mayRead(bytes)) this.#hold(bytes)
    else this.#handle(this.#codec.handleBytes(bytes, this.#surroundings.now()))
    return this.#mustWait() ? this.#unblocked : undefined
  }

  /** The client has ended its input: passes the rest on, and completes when all answers were sent. */
  readonly halfClose: Effect.Effect<void> = Effect.suspend(() => {
    this.hasEnded = true
    this.endInput()
    const sent = Effect.async<void>((resume) => {
      if (this.#queue.isIdle) return resume(Effect.void)
      const waiting = this.#waiting ??= []
      waiting.push(() => resume(sent))
    })
    return Effect.zipRight(sent, Effect.sync(() => this.#leave("ended")))
  })

  /** Passes on what the end of the input completes. */
  endInput(): void {
    if (this.#state !== "Open") return
    this.#handle(this.#codec.handleEnd())
    this.flush()
  }

  /** The connection is over. */
  onClosed(reason: "ended" | "reset" | "stopping"): void {
    this.#leave(reason)
    this.#queue.end()
    this.#end("Over")
  }

  send(message: Outgoing): void {
    if (this.#state !== "Open") return
    const { encoding } = this.#codec
    let bytes = message.encoded.get(encoding)
    if (bytes === undefined && !message.encoded.has(encoding)) {
      bytes = this.#codec.encode({ bytes: message.bytes })
      message.encoded.set(encoding, bytes)
    }
    if (bytes === undefined) return this.#report(message)
    if (this.#queue.bytes + bytes.length > RoomLimits.unsentBytes) this.#queue.flush()
    if (this.#queue.bytes + bytes.length > RoomLimits.unsentBytes) return this.#drop("slow")
    this.#queue.push(bytes)
    this.#surroundings.flushLater(this)
  }

  /** The room has ended the connection. */
  close(): void {
    this.#departure ??= "ended"
    this.#end("Ending")
  }

  /** Writes what waits. */
  flush(): void {
    this.#queue.flush()
    if (this.#queue.isIdle) return this.onIdle()
    if (this.#slowAt !== Infinity || this.#state === "Over") return
    this.#slowAt = this.#surroundings.now() + RoomLimits.slowReaderMillis
    this.#surroundings.schedule(this)
  }

  onTaken(): void {
    if (this.#slowAt === Infinity) return
    this.#slowAt = this.#surroundings.now() + RoomLimits.slowReaderMillis
    this.#readHeld()
  }

  onIdle(): void {
    if (this.#state === "Ending") return this.#close()
    if (this.#slowAt !== Infinity || this.#waiting !== undefined) {
      this.#slowAt = Infinity
      this.#readHeld()
    }
  }

  onDeadline(now: number): void {
    if (this.#slowAt <= now) this.#drop("slow")
    if (this.#firstMessageAt <= now) this.#dismiss("silent", "no message has come in time")
    if (this.#codec.deadline <= now) this.#handle(this.#codec.handleTimeout(now))
    if (this.#readAt <= now) this.#readAt = Infinity
    this.#readHeld()
    this.#surroundings.schedule(this)
  }

  #handle({ failure, messages }: Decoded): void {
    for (const { bytes } of messages) {
      if (this.#state !== "Open") return
      this.#firstMessageAt = Infinity
      this.#attendance?.say(bytes)
    }
    if (failure !== undefined) this.#dismiss("failed", failure.message)
    this.#surroundings.schedule(this)
  }

  /** Whether the rate allows this read. */
  #mayRead({ length }: Uint8Array): boolean {
    if (this.#reading === undefined) return true
    const now = this.#surroundings.now()
    const amount = Math.min(length, RoomLimits.readBurstBytes)
    this.#readAt = this.#reading.take(now, amount) ? Infinity : this.#reading.readyAt(now, amount)
    return this.#readAt === Infinity
  }

  #mustWait(): boolean {
    return this.#state === "Open" && (this.#held !== undefined || this.#queue.bytes > RoomLimits.unsentBytes / 2)
  }

  #hold(bytes: Uint8Array): void {
    const held = this.#held ??= []
    held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes > RoomLimits.heldBytes) return this.#drop("slow")
    this.#surroundings.schedule(this)
  }

  /** Processes the reads that waited, as far as possible, and lets the socket read on if none is left. */
  #readHeld(): void {
    for (let held = this.#held; held !== undefined && this.#state === "Open"; held = this.#held) {
      const [first] = held
      if (first === undefined) this.#held = undefined
      else if (this.#queue.bytes > RoomLimits.unsentBytes / 2 || !this.#mayRead(first)) break
      else {
        held.shift()
        this.#heldBytes -= first.length
        this.#handle(this.#codec.handleBytes(first, this.#surroundings.now()))
      }
    }
    if (this.#waiting !== undefined && !this.#mustWait()) this.#wake()
    this.#surroundings.schedule(this)
  }

  readonly #unblocked: Effect.Effect<void> = Effect.async((resume) => {
    if (!this.#mustWait()) return resume(Effect.void)
    const waiting = this.#waiting ??= []
    waiting.push(() => resume(Effect.void))
  })

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.forEach((resume) => resume())
  }

  #report({ bytes }: Outgoing): void {
    const { framing, publish, room } = this.#surroundings
    const to = format(this.address)
    const text = `a message of ${bytes.length} bytes was not sent to ${to}: the framing ${framing.name} cannot carry it`
    publish({ _tag: "ServiceLogged", app: room.name, text })
  }

  /** Tells the client why its connection ends. */
  #dismiss(reason: "silent" | "failed", message: string): void {
    if (this.#state !== "Open") return
    this.send(outgoing(message))
    this.#leave(reason, message)
    this.#end("Ending")
  }

  /** Ends a connection whose client does not take what it is sent. */
  #drop(reason: "slow"): void {
    this.#leave(reason)
    this.#queue.end()
    this.#close()
  }

  #leave(reason: Departure, message?: string): void {
    this.#departure ??= reason
    this.#attendance?.leave(reason, message)
    this.#attendance = undefined
  }

  #close(): void {
    if (this.#state === "Over") return
    this.#end("Over")
    this.fork(this.write(new Socket.CloseEvent()))
  }

  /** From now on input is discarded. */
  #end(state: "Ending" | "Over"): void {
    if (this.#state === "Over") return
    this.#state = state
    this.#attendance = this.#held = undefined
    this.#firstMessageAt = this.#readAt = Infinity
    if (state === "Over") this.#slowAt = Infinity
    this.#wake()
    this.#surroundings.schedule(this)
    if (state === "Ending") this.#surroundings.flushLater(this)
  }
}
