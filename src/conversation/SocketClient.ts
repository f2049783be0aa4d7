/**
 * A client of a room as a state machine on its connection: what it reads goes through its codec to the room, what the room sends
 * through the codec to its queue. It costs no fiber and no timer of its own.
 */
import type { Departure } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import { format, isLoopback } from "../net/Address.ts"
import type { Codec, Decoded, Framing } from "../protocol/framing/Framing.ts"
import { TokenBucket } from "../protocol/TokenBucket.ts"
import type { ServiceDisconnected, ServiceLogged } from "../telemetry/ServiceEvents.ts"
import { type Attendance, type Client, type ClientConnection, encodedFor, type Outgoing, outgoing } from "./Client.ts"
import type { Room } from "./Room.ts"
import * as RoomLimits from "./RoomLimits.ts"
import { SendQueue, type SendQueueOwner } from "./SendQueue.ts"

/** What the clients of one listener have in common. */
export interface Surroundings {
  readonly room: Room
  readonly framing: Framing
  /** The server that this side has connected to. */
  readonly dialed?: Address | undefined
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
  /** The connection of the client is over. */
  readonly onClosed: (client: SocketClient) => void
}

/** `Ending`: what waits is still sent, and input is discarded. */
type State = "Open" | "Ending" | "Over"

export class SocketClient implements Client, SendQueueOwner {
  readonly address: Address
  readonly dialed: Address | undefined
  readonly transport: "tcp" | "session"
  readonly #connection: ClientConnection
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
  #isPaused = false
  /** `Ending`: the client has ended it, and reads that came before wait. */
  #input: "Open" | "Ending" | "Ended" = "Open"
  #firstMessageAt = Infinity
  #slowAt = Infinity
  #readAt = Infinity

  constructor(surroundings: Surroundings, address: Address, connection: ClientConnection) {
    this.address = address
    this.dialed = surroundings.dialed
    this.transport = surroundings.transport
    this.#connection = connection
    this.#surroundings = surroundings
    this.#codec = surroundings.framing.open(surroundings.messageBytes)
    this.#queue = new SendQueue(this, this.#codec)
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
      const refused = { app: room.name, transport, peer: this.address, message: joined }
      publish({ _tag: "ServiceDisconnected", ...refused, reason: "refused", receivedBytes: 0, sentBytes: 0 })
      // To a server it would be the message of a client.
      if (this.dialed === undefined) this.send(outgoing(joined))
      this.#end("Ending")
    }
    this.#surroundings.schedule(this)
  }

  /** Processes a read. */
  onBytes(bytes: Uint8Array): void {
    if (this.#state !== "Open") return
    if (this.#isPaused || this.#held !== undefined || !this.#mayRead(bytes)) this.#hold(bytes)
    else this.#handle(this.#codec.handleBytes(bytes, this.#surroundings.now()))
    if (!this.#isPaused && this.#mustWait()) this.#pause()
  }

  /** The client has ended its input: passes on what that completes, and ends the connection when all answers were sent. */
  onEnd(): void {
    this.#input = "Ending"
    this.#endInput()
  }

  /** After a write that returned false: there is room again. */
  onDrain(): void {
    this.#queue.onDrain()
  }

  /** The connection is over: the client has ended it, or it has failed. */
  onClose(): void {
    this.#leave(this.#input === "Open" ? "reset" : "ended")
    this.#queue.end()
    this.#end("Over")
    this.#surroundings.onClosed(this)
  }

  /** The listener ends. */
  stop(): void {
    this.#abandon("stopping")
  }

  write(bytes: Uint8Array): boolean {
    return this.#connection.write(bytes)
  }

  send(message: Outgoing): void {
    if (this.#state !== "Open") return
    const bytes = encodedFor(this.#codec, message)
    if (bytes === undefined) return this.#report(message)
    if (this.#queue.bytes + bytes.length > RoomLimits.unsentBytes) this.#queue.flush()
    if (this.#queue.bytes + bytes.length > RoomLimits.unsentBytes) return this.#abandon("slow")
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
    if (this.#queue.isIdle) return this.onIdle()
    this.#queue.flush()
    if (this.#queue.isIdle) return
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
    if (this.#slowAt !== Infinity || this.#isPaused) {
      this.#slowAt = Infinity
      this.#readHeld()
    }
    if (this.#input !== "Ended" || !this.#queue.isIdle) return
    this.#leave("ended")
    this.#close()
  }

  onDeadline(now: number): void {
    if (this.#slowAt <= now) this.#abandon("slow")
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
    if (this.#heldBytes > RoomLimits.heldBytes) return this.#abandon("slow")
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
    if (!this.#mustWait()) this.#resume()
    this.#endInput()
    this.#surroundings.schedule(this)
  }

  #endInput(): void {
    if (this.#input !== "Ending" || this.#held !== undefined) return
    this.#input = "Ended"
    if (this.#state === "Open") this.#handle(this.#codec.handleEnd())
    this.flush()
  }

  #pause(): void {
    this.#isPaused = true
    this.#connection.pause()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#connection.resume()
  }

  #report({ bytes }: Outgoing): void {
    const { framing: { name }, publish, room } = this.#surroundings
    const text = `${bytes.length} bytes were not sent to ${format(this.address)}: the framing ${name} cannot carry them`
    publish({ _tag: "ServiceLogged", app: room.name, text })
  }

  /** Tells the client why its connection ends. */
  #dismiss(reason: "silent" | "failed", message: string): void {
    if (this.#state !== "Open") return
    this.send(outgoing(message))
    this.#leave(reason, message)
    this.#end("Ending")
  }

  /** Ends the connection without what waits to be sent. */
  #abandon(reason: "slow" | "stopping"): void {
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
    this.#connection.end()
  }

  /** From now on input is discarded. */
  #end(state: "Ending" | "Over"): void {
    if (this.#state === "Over") return
    this.#state = state
    this.#attendance = this.#held = undefined
    this.#firstMessageAt = this.#readAt = Infinity
    if (state === "Over") this.#slowAt = Infinity
    this.#resume()
    this.#surroundings.schedule(this)
    if (state === "Ending") this.#surroundings.flushLater(this)
  }
}
