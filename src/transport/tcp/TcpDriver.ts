/**
 * Runs the session of one TCP connection: received bytes, deadlines, records to write, and the end. A turn is synchronous, and begins with
 * received bytes, a method of the application, or a deadline. While the connection has no room, records wait in the core.
 */
import * as Effect from "effect/Effect"
import type { Address } from "../../net/Address.ts"
import type { SocketError } from "../../net/Socket.ts"
import type { TcpConnection, TcpHandler } from "../../net/Tcp.ts"
import { closeCode } from "../../protocol/flock/CloseCode.ts"
import type { ConnectionEvent } from "../../protocol/flock/Connection.ts"
import type { RecordConnection } from "../../protocol/tcp/RecordConnection.ts"
import type { RecordReader } from "../../protocol/tcp/Records.ts"
import type { Alarm, MakeAlarm } from "../Alarm.ts"

/** What happens in a session, for its owner. */
export interface TcpDriverHandlers {
  readonly onEvents: (events: ReadonlyArray<ConnectionEvent>) => void
  /** A defect of this program, which has ended the session. */
  readonly onDefect: (cause: unknown, peer: Address) => void
  /** The connection is over: the last call. */
  readonly onForgotten: () => void
}

export class TcpDriver implements TcpHandler {
  readonly #connection: TcpConnection
  readonly #core: RecordConnection
  readonly #reader: RecordReader
  readonly #handlers: TcpDriverHandlers
  readonly #read: () => number
  readonly #alarm: Alarm
  readonly #over = Effect.unsafeMakeLatch(false)
  #alarmAt = Infinity
  #isFull = false
  #isTurnDue = false
  #hasFinished = false
  #hasPeerEnded = false
  #isReset = false
  #isForgotten = false

  /** `reader` may hold bytes that have arrived already. `read` returns the milliseconds of the monotonic clock. */
  constructor(
    connection: TcpConnection,
    core: RecordConnection,
    reader: RecordReader,
    read: () => number,
    makeAlarm: MakeAlarm,
    handlers: TcpDriverHandlers
  ) {
    this.#connection = connection
    this.#core = core
    this.#reader = reader
    this.#read = read
    this.#handlers = handlers
    this.#alarm = makeAlarm(read, () => this.#onAlarm())
  }

  now(): number {
    return this.#read()
  }

  /** Handles what the reader holds, and begins to write. */
  begin(): void {
    this.#handleRecords()
  }

  /** Schedules a turn at the end of the current task; call it after each method of the core. */
  touch(): void {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    queueMicrotask(() => this.#turn())
  }

  /** Closes the session: it runs until the peer has ended the connection too, or the closing time is over. */
  leave(): void {
    this.#core.close(closeCode.NoError, "", this.#read())
    this.touch()
  }

  /** Waits until the connection is over. */
  get over(): Effect.Effect<void> {
    return this.#over.await
  }

  /** Ends the connection at once, in whatever state it is. */
  stop(): void {
    this.#core.onDisconnected()
    this.#turn()
    this.#forget()
  }

  onBytes(bytes: Uint8Array): void {
    this.#reader.push(bytes)
    this.#handleRecords()
  }

  onEnd(): void {
    this.#hasPeerEnded = true
    this.#core.onDisconnected("it was ended without a farewell")
    this.#turn()
  }

  onDrain(): void {
    this.#isFull = false
    this.#turn()
  }

  onClose(error: SocketError | undefined): void {
    this.#isReset = true
    this.#core.onDisconnected(error?.message)
    this.#turn()
    this.#forget()
  }

  #handleRecords(): void {
    const now = this.#read()
    this.#guarded(() => {
      for (let record = this.#reader.take(); record !== undefined; record = this.#reader.take()) {
        this.#core.handleRecord(record, now)
      }
    })
    this.#turn()
  }

  #onAlarm(): void {
    this.#alarmAt = Infinity
    const now = this.#read()
    if (now >= this.#core.deadline) this.#guarded(() => this.#core.handleTimeout(now))
    this.#turn()
  }

  /** Writes what is due, emits the events, ends the connection if the session has ended, and sets the alarm. */
  #turn(): void {
    this.#isTurnDue = false
    if (this.#isForgotten) return
    this.#guarded(() => this.#write())
    this.#guarded(() => {
      const events = this.#core.pollEvents()
      if (events.length > 0) this.#handlers.onEvents(events)
    })
    if (this.#core.isClosed) this.#end()
    else if (this.#core.isFinished) this.#finish()
    const { deadline } = this.#core
    // An alarm that rings too early costs less than one that each record sets to a later time.
    if (deadline < this.#alarmAt) {
      this.#alarmAt = deadline
      this.#alarm.set(deadline)
    }
  }

  #write(): void {
    while (!this.#isFull) {
      const bytes = this.#core.nextRecord(this.#read())
      if (bytes === undefined) return
      this.#isFull = !this.#connection.write(bytes)
    }
  }

  #finish(): void {
    if (this.#hasFinished) return
    this.#hasFinished = true
    this.#connection.finish()
  }

  /** What this side has sent last still reaches a peer that has ended its direction after it. */
  #end(): void {
    if (this.#isReset || (this.#hasFinished && this.#hasPeerEnded)) return
    this.#isReset = true
    this.#connection.reset()
  }

  #forget(): void {
    if (this.#isForgotten) return
    this.#isForgotten = true
    this.#alarm.set(Infinity)
    this.#core.free()
    this.#handlers.onForgotten()
    this.#over.unsafeOpen()
  }

  /** Runs `body`; a defect in it ends the session. */
  #guarded(body: () => void): void {
    try {
      body()
    } catch (cause) {
      this.#core.close(closeCode.InternalError, "", this.#read())
      this.touch()
      this.#handlers.onDefect(cause, this.#connection.peer)
    }
  }
}
