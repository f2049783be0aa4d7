/**
 * Runs the sessions of one socket: it schedules input, transmits and deadlines
 * (docs/ARCHITECTURE.md). A turn is synchronous, and begins with a packet, a method of the application, or a deadline.
 */
import * as Effect from "effect/Effect"
import { format } from "../../net/Address.ts"
import type { Bound, Run } from "../../net/Socket.ts"
import { closeCode } from "../../protocol/flock/CloseCode.ts"
import type { Connection } from "../../protocol/flock/Connection.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { Alarm, MakeAlarm } from "../Alarm.ts"
import { Deadlines } from "../Deadlines.ts"
import { Demultiplexer, type DriverCounters, type DriverHandlers, type Link } from "./Demultiplexer.ts"

export type { DriverHandlers, Link }

export class Driver {
  readonly #sessions: Demultiplexer
  readonly #deadlines = new Deadlines<Link>()
  /** Sessions that may have packets to send, or events to emit. */
  #touched = new Set<Link>()
  readonly #alarm: Alarm
  readonly #over = Effect.unsafeMakeLatch(false)
  readonly #read: () => number
  readonly #handlers: DriverHandlers
  #bound: Bound | undefined
  #renew: () => void = () => undefined
  #renewedAt = -Infinity
  #now = 0
  /** Sessions that have more to send than the socket has room for, the next one first. */
  #blocked = new Set<Link>()
  #isFull = false
  #isFlushDue = false
  #isMoreComing = false
  /** The time at which the alarm rings. */
  #alarmAt = Infinity
  #isLeaving = false

  /** `read` returns the milliseconds of the monotonic clock. */
  constructor(read: () => number, makeAlarm: MakeAlarm, handlers: DriverHandlers) {
    this.#read = read
    this.#alarm = makeAlarm(read, () => this.#runDue())
    this.#handlers = handlers
    this.#sessions = new Demultiplexer(handlers, (link, body) => {
      this.#touched.add(link)
      return this.#guarded(link, body) ?? false
    })
  }

  get counters(): DriverCounters {
    return this.#sessions.counters
  }

  /** Sends through this socket from now on. `renew` opens another one; it is called when the peer stops answering. */
  bind(bound: Bound, renew: () => void = () => undefined): void {
    this.#bound = bound
    this.#renew = renew
    // The old socket does not report any more that it has room again.
    this.#isFull = false
    for (const link of this.#sessions.links) {
      link.connection.onNewSocket()
      this.#touched.add(link)
    }
    if (this.#touched.size > 0) this.flush()
  }

  get count(): number {
    return this.#sessions.count
  }

  /** Whether a session with this connection id is open, or closing. */
  has(localId: number): boolean {
    return this.#sessions.has(localId)
  }

  now(): number {
    return this.#read()
  }

  add(link: Link): void {
    this.#sessions.add(link)
    this.touch(link)
  }

  /** Schedules a turn of this session at the end of the current task; call it after each method of the core. */
  touch(link: Link): void {
    this.#touched.add(link)
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    queueMicrotask(() => this.flush())
  }

  /** Handles a received run. Acknowledgements are sent in `onPause`. */
  handleRun(run: Run): void {
    this.#now = this.#read()
    this.#sessions.handleRun(run, this.#now)
    if (this.#isMoreComing) return
    // The events of the first run are emitted at once: the answer to a single message waits for no other run.
    this.#isMoreComing = true
    for (const link of this.#touched) this.#emitEvents(link)
  }

  /** The socket has no more received runs for now. */
  onPause(): void {
    this.#isMoreComing = false
    if (this.#touched.size > 0) this.flush()
  }

  /** Runs the turn of all touched sessions: round robin, one run each, so that none waits for another's window. */
  flush(): void {
    this.#isFlushDue = false
    this.#now = this.#read()
    const touched = this.#touched
    this.#touched = new Set()
    if (this.#isFull) { for (const link of touched) this.#block(link) }
    else {
      const links = this.#blocked.size === 0 ? [...touched] : [...new Set([...this.#blocked, ...touched])]
      this.#blocked = new Set(this.#sendRuns(links))
      for (const link of links) {
        if (!this.#blocked.has(link)) this.#settle(link)
        else if (touched.has(link)) this.#block(link)
      }
    }
    // An alarm that rings too early costs less than one that each packet sets to a later time.
    if (this.#deadlines.first < this.#alarmAt) this.#setAlarm()
    if (this.#isLeaving && this.#sessions.count === 0) this.#over.unsafeOpen()
  }

  /** The socket has room again. */
  onDrain(): void {
    this.#isFull = false
    this.flush()
  }

  /** The system refused datagrams of `datagramBytes` to `address`, in the form `host:port`. */
  onTooLarge(address: string, datagramBytes: number): void {
    for (const link of this.#sessions.links) {
      if (format(link.connection.path) !== address) continue
      link.connection.onTooLarge(datagramBytes, this.#read())
      this.touch(link)
    }
  }

  /** Closes every session; each runs until its peer has acknowledged the close or the closing period is over. */
  leave(): void {
    this.#now = this.#read()
    this.#isLeaving = true
    for (const link of this.#sessions.links) {
      link.connection.leave(this.#now)
      this.#touched.add(link)
    }
    this.flush()
  }

  /** Waits until all sessions are closed. */
  get over(): Effect.Effect<void> {
    return this.#over.await
  }

  /** Stops the alarm, and overwrites the keys of sessions that are left: no session runs any more. */
  stop(): void {
    this.#alarm.set(Infinity)
    for (const { connection } of this.#sessions.links) connection.free()
  }

  #setAlarm(): void {
    this.#alarmAt = this.#deadlines.first
    this.#alarm.set(this.#alarmAt)
  }

  #runDue(): void {
    this.#alarmAt = -Infinity // This turn sets the alarm once, at its end.
    this.#now = this.#read()
    for (;;) {
      const link = this.#deadlines.takeDue(this.#now)
      if (link === undefined) break
      this.#guarded(link, () => this.#handleTimeout(link.connection))
      this.#touched.add(link)
    }
    this.flush()
    this.#setAlarm()
  }

  #handleTimeout(connection: Connection): void {
    connection.handleTimeout(this.#now)
    const { recovery } = connection
    if (recovery.timeouts < Limits.silentTimeouts) return
    if (this.#now < Math.max(recovery.answeredAt, this.#renewedAt) + Limits.silentMillis) return
    this.#renewedAt = this.#now
    this.#renew()
  }

  /** Sends a run of each of the sessions in turn, until all is sent or the socket is full. Returns those that have more, the next one first. */
  #sendRuns(links: ReadonlyArray<Link>): ReadonlyArray<Link> {
    let sending = links
    while (sending.length > 0 && !this.#isFull) {
      const more: Array<Link> = []
      let reached = 0
      for (const link of sending) {
        if (this.#isFull) break
        reached++
        if (this.#sendRun(link)) more.push(link)
      }
      sending = reached < sending.length ? [...sending.slice(reached), ...more] : more
    }
    return sending
  }

  /** The session waits for `onDrain`, not for a deadline. A flood of sessions must not cost a turn of each at each packet. */
  #block(link: Link): void {
    this.#blocked.add(link)
    this.#emitEvents(link)
    this.#deadlines.set(link, Infinity)
  }

  /** Returns whether there may be more to send. */
  #sendRun(link: Link): boolean {
    const { connection } = link
    const wasOpen = connection.isOpen
    try {
      const departure = connection.nextTransmit(this.#now)
      if (departure === undefined || this.#bound === undefined) return false
      const sent = this.#bound.send(departure.to, departure.datagramBytes, (target) => this.#fill(link, target))
      this.#isFull = sent === "Full"
      return sent !== "Nothing"
    } catch (cause) {
      this.#fail(link, cause)
      return wasOpen
    }
  }

  /** Must not throw, because sockets do not expect it: after a defect it writes CLOSE. */
  #fill(link: Link, target: Uint8Array): number {
    const { connection } = link
    const wasOpen = connection.isOpen
    try {
      return connection.fill(target, this.#now)
    } catch (cause) {
      this.#fail(link, cause)
      return wasOpen ? this.#fill(link, target) : 0
    }
  }

  #emitEvents(link: Link): void {
    this.#guarded(link, () => {
      const events = link.connection.pollEvents()
      if (events.length > 0) link.onEvents(events)
    })
  }

  /** Emits the events of this session and updates its deadline. */
  #settle(link: Link): void {
    const { connection } = link
    this.#emitEvents(link)
    if (connection.isClosed) {
      this.#deadlines.set(link, Infinity)
      if (this.#sessions.remove(link)) link.onForgotten?.()
    } else {
      this.#deadlines.set(link, connection.deadline)
    }
  }

  /** Runs `body`; a defect in it ends this session only. */
  #guarded<A>(link: Link, body: () => A): A | undefined {
    try {
      return body()
    } catch (cause) {
      this.#fail(link, cause)
    }
  }

  #fail(link: Link, cause: unknown): void {
    this.counters.defects++
    link.connection.close(closeCode.InternalError, "", this.#now)
    this.touch(link)
    this.#handlers.onDefect(cause, link.connection.path)
  }
}
