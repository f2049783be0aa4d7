/**
 * A room in virtual time, without listeners: for tests of apps, and for the examples of `holub app show`. Everything is synchronous.
 */
import * as Either from "effect/Either"
import type { AccountQuestion, Answer, AnyApp, Departure, Member } from "../apps/App.ts"
import type { Example } from "../apps/App.ts"
import type { Language } from "../apps/Language.ts"
import type { Address } from "../net/Address.ts"
import { textOf } from "../protocol/framing/Utf8Text.ts"
import type * as Crypto from "../security/Crypto.ts"
import type { ServiceEvent } from "../telemetry/ServiceEvents.ts"
import { runsOf } from "./AppRuns.ts"
import type { Attendance } from "./Client.ts"
import * as Identities from "./Identities.ts"
import * as Journal from "./Journal.ts"
import { HostedRoom, type Room } from "./Room.ts"

/** Something that happened, in its order. `client` is the number of a client, from 1. */
export type Happening =
  | { readonly _tag: "Joined"; readonly client: number }
  | { readonly _tag: "Refused"; readonly client: number; readonly message: string }
  | { readonly _tag: "Said"; readonly client: number; readonly message: string | Uint8Array }
  /** The app has sent a message to this client. */
  | { readonly _tag: "Told"; readonly client: number; readonly message: string | Uint8Array }
  | { readonly _tag: "Left"; readonly client: number }
  /** The room has ended the connection. */
  | { readonly _tag: "Closed"; readonly client: number; readonly reason: Departure }
  | { readonly _tag: "Waited"; readonly millis: number }

export interface RehearsalOptions {
  readonly crypto: Pick<Crypto.Shape, "sha256" | "hmac">
  readonly config?: Readonly<Record<string, string>> | undefined
  readonly language?: Language | undefined
  /** Answers the questions of the app, in the same turn; without it they are answered with `Busy`. */
  readonly ask?: ((question: AccountQuestion) => Answer) | undefined
  /** The first byte of each seed of 32 bytes; the other bytes are the number of the state. */
  readonly seed?: number | undefined
  /** Default: the name of the app. */
  readonly name?: string | undefined
  /** Default: a log in memory. */
  readonly journal?: Journal.Journal | undefined
}

/** Unix time at the start of a rehearsal, in milliseconds: 2024-01-01. */
export const firstMoment = 1_704_067_200_000

export class Rehearsal {
  readonly room: Room
  /** Messages of the app that are UTF-8 are texts here. */
  readonly happenings: Array<Happening> = []
  /** Lines for the operator. */
  readonly logged: Array<string> = []
  /** What the app has thrown. */
  readonly defects: Array<unknown> = []
  readonly #attendances = new Map<number, Attendance>()
  #clients = 0
  #now = firstMoment
  #alarm: { readonly at: number; readonly ring: () => void } | undefined

  /** Throws a RangeError if the app does not accept the configuration. */
  constructor(
    app: AnyApp,
    { ask, config = {}, crypto, journal, language = "en", name = app.name, seed = 1 }: RehearsalOptions
  ) {
    let states = 0
    let devices = 0
    const log = journal ?? Journal.inMemory(Journal.roomNameOf(name), "local", "0".repeat(2 * logIdBytes))
    const { room, server } = log
    const now = () => this.#now
    const seedOf = () => Uint8Array.from({ length: 32 }, (_, at) => at === 0 ? seed : at === 1 ? states++ : 0)
    const runs = runsOf(app, config, { seed: seedOf, crypto, language, now, room, server })
    if (Either.isLeft(runs)) throw new RangeError(runs.left)
    this.room = new HostedRoom({
      name,
      app,
      runs: runs.right,
      publish: (event) => this.#note(event),
      now,
      onRemembered: undefined,
      journal: log,
      identities: Identities.guests(server, () => `d${++devices}`),
      asking: ask === undefined ? undefined : (question, _, answered) => answered(ask(question)),
      makeAlarm: (_read, ring) => ({
        set: (at) => {
          this.#alarm = at === Infinity ? undefined : { at, ring }
        }
      })
    })
  }

  /** A client joins; returns its number. `host` is its address; `dialed` is a server that the app has dialed. */
  join(host = `192.0.2.${(this.#clients + 1) % 255}`, dialed?: Address): number {
    const client = ++this.#clients
    const address = { host, port: 40_000 + client }
    let isOver = false
    this.happenings.push({ _tag: "Joined", client })
    const joined = this.room.join({
      address,
      dialed,
      transport: "tcp",
      send: ({ bytes, text }) =>
        this.happenings.push({ _tag: "Told", client, message: text ?? textOf(bytes) ?? bytes }),
      close: (reason) => {
        isOver = true
        this.#attendances.delete(client)
        this.happenings.push({ _tag: "Closed", client, reason })
      }
    })
    if (typeof joined === "string") this.happenings.push({ _tag: "Refused", client, message: joined })
    else if (!isOver) this.#attendances.set(client, joined)
    return client
  }

  say(client: number, message: string | Uint8Array): void {
    this.happenings.push({ _tag: "Said", client, message })
    this.#attendances.get(client)?.say(typeof message === "string" ? encoder.encode(message) : message)
  }

  leave(client: number, reason: Departure = "ended"): void {
    this.happenings.push({ _tag: "Left", client })
    this.#attendances.get(client)?.leave(reason)
    this.#attendances.delete(client)
  }

  /** The number under which the room knows a client that is present. */
  member(client: number): Member | undefined {
    return this.#attendances.get(client)?.member
  }

  /** Lets time pass. */
  wait(millis: number): void {
    this.happenings.push({ _tag: "Waited", millis })
    const end = this.#now + millis
    for (let alarm = this.#alarm; alarm !== undefined && alarm.at <= end; alarm = this.#alarm) {
      this.#now = Math.max(this.#now, alarm.at)
      this.#alarm = undefined
      alarm.ring()
    }
    this.#now = end
  }

  /** The messages that a client was sent, in their order. */
  told(client: number): ReadonlyArray<string | Uint8Array> {
    return this.happenings.flatMap((one) => one._tag === "Told" && one.client === client ? [one.message] : [])
  }

  #note(event: ServiceEvent): void {
    if (event._tag === "ServiceLogged") this.logged.push(event.text)
    if (event._tag === "ServiceDefect") this.defects.push(event.cause)
  }
}

const encoder = new TextEncoder()

const logIdBytes = 24

/** What happens in the example of an app. */
export const exampleOf = (
  app: AnyApp,
  options: Omit<RehearsalOptions, "config">
): ReadonlyArray<Happening> => play(app, app.example, options).happenings

const play = (
  app: AnyApp,
  { answer, config, steps }: Example,
  options: Omit<RehearsalOptions, "config">
): Rehearsal => {
  const rehearsal = new Rehearsal(app, { ask: answer === undefined ? undefined : () => answer, ...options, config })
  for (const step of steps) {
    switch (step._tag) {
      case "Join":
        rehearsal.join()
        break
      case "Say":
        rehearsal.say(step.client, step.message)
        break
      case "Leave":
        rehearsal.leave(step.client)
        break
      case "Wait":
        rehearsal.wait(step.millis)
        break
    }
  }
  return rehearsal
}
