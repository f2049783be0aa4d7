/**
 * A room runs an app for the clients of its listeners. Each turn is input, state, outputs, synchronously, in the turn of the event
 * loop in which a listener has received something; a room costs no fiber. A listener adds framings and bounds what it queues.
 */
import type { AnyApp, Ask, Departure, Member, Output, Remembered } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import { textOf } from "../protocol/framing/Utf8Text.ts"
import { Shares } from "../protocol/Shares.ts"
import { sourceOf } from "../protocol/Source.ts"
import type * as Alarm from "../transport/Alarm.ts"
import type { RunInput } from "./AppRuns.ts"
import type { Attendance, Client, Outgoing } from "./Client.ts"
import { outgoing } from "./Client.ts"
import type { Present } from "./Present.ts"
import { RecordQueue } from "./RecordQueue.ts"
import * as RoomLimits from "./RoomLimits.ts"
import type { Hosting } from "./RoomParts.ts"
import { RoomQuestions } from "./RoomQuestions.ts"
import { type Seat, Seats } from "./Seats.ts"

export interface Room {
  /** `echo`, or `words/kyiv`. */
  readonly name: string
  readonly app: AnyApp
  /** Servers that its host has to connect to: `Dialing`. */
  readonly dials: ReadonlyArray<Address>
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

export class HostedRoom implements Room {
  readonly name: string
  readonly app: AnyApp
  readonly dials: ReadonlyArray<Address>
  readonly #hosting: Hosting
  readonly #seats = new Seats()
  readonly #shares: Shares
  readonly #alarm: Alarm.Alarm
  readonly #questions: RoomQuestions
  /** Inputs of this turn that wait for the end of the input before them: performing an output may cause one. */
  readonly #waiting: Array<() => void> = []
  readonly #records: RecordQueue
  #isBusy = false
  #isPaused = false
  #isOver = false
  #lastMember = 0
  #remembered: Remembered | undefined

  constructor(hosting: Hosting) {
    const { app, makeAlarm, name, now, runs } = hosting
    this.name = name
    this.app = app
    this.dials = runs.dials
    this.#hosting = hosting
    const most = Math.min(RoomLimits.members, app.mostMembers ?? RoomLimits.members)
    this.#shares = most < RoomLimits.members
      ? new Shares(most, Math.min(most, RoomLimits.membersOfSource / 2))
      : new Shares(most, RoomLimits.membersOfSource, RoomLimits.membersForNewcomers)
    this.#questions = new RoomQuestions(hosting.asking, hosting.identities, hosting.journal?.setPresent)
    this.#alarm = makeAlarm(now, () => this.#turn(() => this.#wake()))
    this.#remembered = runs.remembered()
    this.#alarm.set(runs.deadline())
    this.#records = new RecordQueue({
      journal: hosting.journal,
      now,
      perform: (output, only) => this.#perform(output, only),
      later: (step) => this.#turn(step),
      onRecorded: (event) => this.#apply({ _tag: "Recorded", event }),
      onFailure: (reason) => this.#fail(reason)
    })
    hosting.journal?.follow((events) => this.#turn(() => this.#apply({ _tag: "FromLog", events })))
  }

  join(client: Client): Attendance | string {
    if (this.#isOver) return "the server is stopping"
    if (this.#records.hasFailed) return `"${this.name}" has failed: its log takes no more events`
    if (this.#isPaused) return `"${this.name}" takes no new clients at the moment`
    const source = sourceOf(client.address)
    if (!this.#shares.take(source)) return `"${this.name}" is full`
    const member = ++this.#lastMember
    const key = `${this.name} ${member}`
    const about = { app: this.name, transport: client.transport, peer: client.address }
    const since = this.#hosting.now()
    const seat: Seat = { member, client, source, key, since, about, receivedBytes: 0, sentBytes: 0 }
    this.#seats.add(seat)
    this.#turn(() => {
      this.#hosting.publish({ _tag: "ServiceConnected", ...seat.about })
      this.#apply({ _tag: "Joined", member, address: client.address, dialed: client.dialed })
    })
    return {
      member,
      say: (bytes) => this.#turn(() => this.#say(seat, bytes)),
      leave: (reason, message) => this.#turn(() => this.#remove(seat, reason, message))
    }
  }

  present(): ReadonlyArray<Present> {
    return this.#seats.all.map(({ client, member, receivedBytes, sentBytes, since }) => ({
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
    for (const { member } of this.#seats.all) this.#dismiss(member, "stopping")
  }

  /** Runs `step` after what is being done now, and sets the alarm. */
  #turn(step: () => void): void {
    this.#waiting.push(step)
    if (this.#isBusy) return
    this.#isBusy = true
    try {
      do {
        for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next()
        this.#records.append()
      } while (this.#waiting.length > 0)
    } finally {
      this.#isBusy = false
    }
    if (this.#isOver) return
    this.#alarm.set(this.#hosting.runs.deadline())
    this.#remember()
  }

  #say(seat: Seat, bytes: Uint8Array): void {
    if (this.#seats.of(seat.member) === undefined) return
    const text = textOf(bytes)
    seat.receivedBytes += bytes.length
    const shown = this.#hosting.runs.isSecret ? undefined : text
    this.#hosting.publish({ _tag: "ServiceReceived", ...seat.about, bytes: bytes.length, text: shown })
    this.#apply({ _tag: "Said", member: seat.member, bytes, text })
  }

  #wake(): void {
    try {
      for (let due = this.#hosting.runs.wake(); due !== undefined; due = this.#hosting.runs.wake()) {
        this.#records.put(due.outputs, due.member)
      }
    } catch (cause) {
      this.#hosting.publish({ _tag: "ServiceDefect", app: this.name, cause })
    }
  }

  #apply(input: Exclude<RunInput, { _tag: "Woken" }>): void {
    if (this.#isOver) return
    let outputs: ReadonlyArray<Output>
    try {
      outputs = this.#hosting.runs.on(input)
    } catch (cause) {
      this.#hosting.publish({ _tag: "ServiceDefect", app: this.name, cause })
      if ("member" in input) this.#dismiss(input.member, "failed")
      return
    }
    const isDurable = input._tag === "Recorded" || input._tag === "FromLog"
    this.#records.put(outputs, this.app.audience === "one" && "member" in input ? input.member : undefined, isDurable)
  }

  /** Performs an output; `only` is the client of an app that has a state for each. */
  #perform(output: Exclude<Output, { _tag: "Record" }>, only: Member | undefined): void {
    switch (output._tag) {
      case "Tell": {
        const message = outgoing(output.message)
        for (const seat of this.#seats.recipients(output.to, only)) this.#send(seat, message)
        break
      }
      case "Close":
        this.#dismiss(output.member, "ended")
        break
      case "Log":
        this.#hosting.publish({ _tag: "ServiceLogged", app: this.name, text: output.text })
        break
      case "Ask":
        this.#ask(output)
        break
    }
  }

  #ask(question: Ask): void {
    const { member } = question
    const seat = this.#seats.of(member)
    if (seat === undefined) return
    const { client: { address }, key } = seat
    this.#questions.ask(question, { key, address }, (input) =>
      this.#turn(() => {
        if (this.#seats.of(member) !== undefined) this.#apply(input)
        else this.#questions.release(key)
      }))
  }

  /** The log takes no events: what clients say would be lost, so that they are sent away. */
  #fail(reason: string): void {
    const cause = new Error(`the log of "${this.name}": ${reason}`)
    this.#hosting.publish({ _tag: "ServiceDefect", app: this.name, cause })
    for (const { member } of this.#seats.all) this.#dismiss(member, "failed")
  }

  #send(seat: Seat, message: Outgoing): void {
    const { about: { app, peer, transport }, client } = seat
    const bytes = message.bytes.length
    seat.sentBytes += bytes
    // Each of many deliveries: to spread an object costs more than all else here.
    this.#hosting.publish({ _tag: "ServiceSent", app, transport, peer, bytes })
    client.send(message)
  }

  /** Ends the connection of a client. */
  #dismiss(member: Member, reason: Departure): void {
    const seat = this.#seats.of(member)
    if (seat === undefined) return
    seat.client.close(reason)
    this.#remove(seat, reason)
  }

  #remove(seat: Seat, reason: Departure, message?: string): void {
    const { key, member, receivedBytes, sentBytes, source } = seat
    if (!this.#seats.remove(member)) return
    this.#shares.give(source)
    this.#questions.release(key)
    this.#hosting.publish({
      _tag: "ServiceDisconnected",
      ...seat.about,
      reason,
      message,
      receivedBytes,
      sentBytes
    })
    this.#apply({ _tag: "Left", member, reason })
  }

  #remember(): void {
    const remembered = this.#hosting.runs.remembered()
    if (remembered === this.#remembered || remembered === undefined) return
    this.#remembered = remembered
    this.#hosting.onRemembered?.(remembered)
  }
}
