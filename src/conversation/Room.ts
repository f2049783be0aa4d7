/**
 * A room runs an app for the clients of its listeners. Each turn is input, state, outputs, synchronously, in the turn of the event
 * loop in which a listener has received something; a room costs no fiber. A listener adds framings and bounds what it queues.
 */
import type { Answered, AnyApp, Ask, Departure, Input, Member, Output, Recipients, Remembered } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import { textOf } from "../protocol/framing/Utf8Text.ts"
import { Shares } from "../protocol/Shares.ts"
import { sourceOf } from "../protocol/Source.ts"
import type { ServiceEvent, ServiceTransport } from "../telemetry/ServiceEvents.ts"
import type * as Alarm from "../transport/Alarm.ts"
import type { Runs } from "./AppRuns.ts"
import type { Attendance, Client, Outgoing } from "./Client.ts"
import { outgoing } from "./Client.ts"
import * as RoomLimits from "./RoomLimits.ts"
import { type Asking, RoomQuestions } from "./RoomQuestions.ts"

/** A client as the operator sees it. */
export interface Present {
  readonly member: Member
  /** Its name in the app, if it has one. */
  readonly name: string | undefined
  readonly address: Address
  readonly transport: ServiceTransport
  /** Unix time in milliseconds. */
  readonly since: number
  readonly receivedBytes: number
  readonly sentBytes: number
}

export interface Room {
  /** `echo`, or `words/kyiv`. */
  readonly name: string
  readonly app: AnyApp
  /** Admits a client, or returns the reason why not, as a sentence without a full stop. */
  readonly join: (client: Client) => Attendance | string
  readonly present: () => ReadonlyArray<Present>
  readonly kick: (member: Member) => void
  /** While it is paused, a room admits no new clients. */
  readonly pause: (isPaused: boolean) => void
  readonly isPaused: () => boolean
  /** What the app remembers across restarts; undefined for an app without memory. */
  readonly remembered: () => Remembered | undefined
  /** Removes all entries with this value from what the app remembers, and returns their number. */
  readonly forget: (value: string) => number
}

/** What a room is made of. */
export interface Hosting {
  readonly name: string
  readonly app: AnyApp
  readonly runs: Runs
  readonly publish: (event: ServiceEvent) => void
  readonly now: () => number
  /** Called after each turn that has changed what the app remembers. */
  readonly onRemembered: ((remembered: Remembered) => void) | undefined
  readonly makeAlarm: Alarm.MakeAlarm
  /** Undefined without accounts. */
  readonly asking?: Asking | undefined
}

/** A client in the room, with its counters. */
interface Seat {
  readonly member: Member
  readonly client: Client
  readonly source: string
  readonly since: number
  receivedBytes: number
  sentBytes: number
}

export class HostedRoom implements Room {
  readonly name: string
  readonly app: AnyApp
  readonly #hosting: Hosting
  readonly #seats = new Map<Member, Seat>()
  readonly #shares: Shares
  readonly #alarm: Alarm.Alarm
  readonly #questions: RoomQuestions
  /** Inputs of this turn that wait for the end of the input before them: performing an output may cause one. */
  readonly #waiting: Array<() => void> = []
  #isBusy = false
  #isPaused = false
  #isOver = false
  #lastMember = 0
  #remembered: Remembered | undefined

  constructor(hosting: Hosting) {
    const { app, makeAlarm, name, now, runs } = hosting
    this.name = name
    this.app = app
    this.#hosting = hosting
    const most = Math.min(RoomLimits.members, app.mostMembers ?? RoomLimits.members)
    this.#shares = most < RoomLimits.members
      ? new Shares(most, Math.min(most, RoomLimits.membersOfSource / 2))
      : new Shares(most, RoomLimits.membersOfSource, RoomLimits.membersForNewcomers)
    this.#questions = new RoomQuestions(hosting.asking)
    this.#alarm = makeAlarm(now, () => this.#turn(() => this.#wake()))
    this.#remembered = runs.remembered()
    this.#alarm.set(runs.deadline())
  }

  join(client: Client): Attendance | string {
    if (this.#isOver) return "the server is stopping"
    if (this.#isPaused) return `"${this.name}" takes no new clients at the moment`
    const source = sourceOf(client.address)
    if (!this.#shares.take(source)) return `"${this.name}" is full`
    const member = ++this.#lastMember
    const seat: Seat = { member, client, source, since: this.#hosting.now(), receivedBytes: 0, sentBytes: 0 }
    this.#seats.set(member, seat)
    this.#turn(() => {
      this.#hosting.publish({ _tag: "ServiceConnected", ...this.#described(seat) })
      this.#apply({ _tag: "Joined", member, address: client.address })
    })
    return {
      member,
      say: (bytes) => this.#turn(() => this.#say(seat, bytes)),
      leave: (reason, message) => this.#turn(() => this.#remove(seat, reason, message))
    }
  }

  present(): ReadonlyArray<Present> {
    return Array.from(this.#seats.values(), ({ client, member, receivedBytes, sentBytes, since }) => ({
      member,
      name: this.#hosting.runs.nameOf(member),
      address: client.address,
      transport: client.transport,
      since,
      receivedBytes,
      sentBytes
    }))
  }

  kick(member: Member): void {
    this.#turn(() => this.#dismiss(member, "kicked"))
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused
  }

  isPaused(): boolean {
    return this.#isPaused
  }

  remembered(): Remembered | undefined {
    return this.#hosting.runs.remembered()
  }

  forget(value: string): number {
    const number = this.#hosting.runs.forget(value)
    this.#remember()
    return number
  }

  /** Ends the connections of all clients. The app sees no more inputs. */
  end(): void {
    this.#isOver = true
    this.#alarm.set(Infinity)
    for (const member of Array.from(this.#seats.keys())) this.#dismiss(member, "stopping")
  }

  /** Runs `step` after what is being done now, and sets the alarm. */
  #turn(step: () => void): void {
    this.#waiting.push(step)
    if (this.#isBusy) return
    this.#isBusy = true
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next()
    } finally {
      this.#isBusy = false
    }
    if (this.#isOver) return
    this.#alarm.set(this.#hosting.runs.deadline())
    this.#remember()
  }

  #say(seat: Seat, bytes: Uint8Array): void {
    if (!this.#seats.has(seat.member)) return
    const text = textOf(bytes)
    seat.receivedBytes += bytes.length
    const shown = this.app.isSecret === true ? undefined : text
    this.#hosting.publish({ _tag: "ServiceReceived", ...this.#described(seat), bytes: bytes.length, text: shown })
    this.#apply({ _tag: "Said", member: seat.member, bytes, text })
  }

  #wake(): void {
    try {
      for (let due = this.#hosting.runs.wake(); due !== undefined; due = this.#hosting.runs.wake()) {
        this.#perform(due.outputs, due.member)
      }
    } catch (cause) {
      this.#hosting.publish({ _tag: "ServiceDefect", app: this.name, cause })
    }
  }

  #apply(input: Exclude<Input, { _tag: "Woken" }> | Answered): void {
    if (this.#isOver) return
    let outputs: ReadonlyArray<Output>
    try {
      outputs = this.#hosting.runs.on(input)
    } catch (cause) {
      this.#hosting.publish({ _tag: "ServiceDefect", app: this.name, cause })
      return this.#dismiss(input.member, "failed")
    }
    this.#perform(outputs, this.app.audience === "one" ? input.member : undefined)
  }

  /** Performs outputs in their order; `only` is the client of an app that has a state for each. */
  #perform(outputs: ReadonlyArray<Output>, only: Member | undefined): void {
    for (const output of outputs) {
      switch (output._tag) {
        case "Tell": {
          const message = outgoing(output.message)
          for (const seat of this.#recipients(output.to, only)) this.#send(seat, message)
          break
        }
        case "Close":
          this.#dismiss(output.member, "ended")
          break
        case "Ask":
          this.#ask(output)
          break
        case "Log":
          this.#hosting.publish({ _tag: "ServiceLogged", app: this.name, text: output.text })
          break
      }
    }
  }

  #ask(question: Ask): void {
    const { member } = question
    const seat = this.#seats.get(member)
    if (seat === undefined) return
    this.#questions.ask(question, seat.client.address, (answer) =>
      this.#turn(() => {
        if (this.#seats.has(member)) this.#apply({ _tag: "Answered", member, answer })
      }))
  }

  #recipients(to: Recipients, only: Member | undefined): ReadonlyArray<Seat> {
    if (to._tag === "One" || only !== undefined) {
      const seat = this.#seats.get(to._tag === "One" ? to.member : only ?? 0)
      return seat === undefined ? [] : [seat]
    }
    if (to._tag === "Some") return to.members.flatMap((member) => this.#seats.get(member) ?? [])
    const all = Array.from(this.#seats.values())
    return to._tag === "All" ? all : all.filter(({ member }) => member !== to.member)
  }

  #send(seat: Seat, message: Outgoing): void {
    seat.sentBytes += message.bytes.length
    this.#hosting.publish({ _tag: "ServiceSent", ...this.#described(seat), bytes: message.bytes.length })
    seat.client.send(message)
  }

  /** Ends the connection of a client. */
  #dismiss(member: Member, reason: Departure): void {
    const seat = this.#seats.get(member)
    if (seat === undefined) return
    seat.client.close(reason)
    this.#remove(seat, reason)
  }

  #remove(seat: Seat, reason: Departure, message?: string): void {
    const { member, receivedBytes, sentBytes, source } = seat
    if (!this.#seats.delete(member)) return
    this.#shares.give(source)
    this.#hosting.publish({
      _tag: "ServiceDisconnected",
      ...this.#described(seat),
      reason,
      message,
      receivedBytes,
      sentBytes
    })
    this.#apply({ _tag: "Left", member, reason })
  }

  #described({ client: { address, transport } }: Seat) {
    return { app: this.name, transport, peer: address }
  }

  #remember(): void {
    const remembered = this.#hosting.runs.remembered()
    if (remembered === this.#remembered || remembered === undefined) return
    this.#remembered = remembered
    this.#hosting.onRemembered?.(remembered)
  }
}
