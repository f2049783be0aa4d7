/**
 * An app: a pure state machine that plain programs and sessions talk to. It has no clock, no chance, no socket: time and secrets are
 * values, and what it wants done is its output. A Room runs it.
 */
import type * as Schema from "effect/Schema"
import type { Address } from "../net/Address.ts"
import type { JsonObject } from "../protocol/conversation/CanonicalJson.ts"
import type { LoggedEvent } from "../protocol/conversation/LoggedEvent.ts"
import type * as Crypto from "../security/Crypto.ts"
import type { AppClient } from "./AppClient.ts"
import type { Step } from "./AppStep.ts"
import type { Language } from "./Language.ts"

/** A client of a room: unique in the room and never used again. */
export type Member = number

/** Why a client has left. */
export type Departure = "ended" | "reset" | "silent" | "kicked" | "slow" | "failed" | "stopping"

/** A client has connected; over datagrams it has sent its first one, which follows as `Said`. */
export interface Joined {
  readonly _tag: "Joined"
  readonly member: Member
  readonly address: Address
  /** The server of `App.dials` that this member is: the host has connected to it. */
  readonly dialed?: Address | undefined
}

/** A client has left, or the room has closed its connection, also after a `Close` of the app. Always the last input of a member. */
export interface Left {
  readonly _tag: "Left"
  readonly member: Member
  readonly reason: Departure
}

/** A client has sent a message. */
export interface Said {
  readonly _tag: "Said"
  readonly member: Member
  readonly bytes: Uint8Array
  /** The bytes as text; undefined where they are not UTF-8. It may have control characters. */
  readonly text: string | undefined
}

/** The deadline of the state has come. */
export interface Woken {
  readonly _tag: "Woken"
}

/** A guest wants this nick. It is not checked yet; undefined for bytes that are not UTF-8. */
export interface NickQuestion {
  readonly _tag: "Nick"
  readonly nick: string | undefined
}

/** What a client is asked for, and gave: only the host can tell whether it is right. */
export type AccountQuestion =
  /** With `isTokenless` the answer has no token. */
  | { readonly _tag: "Password"; readonly name: string; readonly password: string; readonly isTokenless?: boolean }
  | { readonly _tag: "Token"; readonly token: string }

export type Question = NickQuestion | AccountQuestion

export type Answer =
  /** The name of the account, and a token for the next time if one was made. */
  | { readonly _tag: "Welcome"; readonly name: string; readonly token: string | undefined }
  | { readonly _tag: "Wrong" }
  /** Too many wrong passwords before: the next attempt may be made in so many seconds. */
  | { readonly _tag: "Wait"; readonly seconds: number }
  /** Nothing was checked: too many questions, or the host has no accounts. */
  | { readonly _tag: "Busy" }

/** The answer to the question of an `Ask`. It comes once, and not after the client has left. The input of `App.onAnswered`. */
export interface Answered {
  readonly _tag: "Answered"
  readonly member: Member
  readonly answer: Answer
}

export type Input = Joined | Left | Said | Woken

/** The server knows a client: the answer to `Ask`, or what the client has proved before it joined. */
export interface Attached {
  readonly _tag: "Attached"
  readonly member: Member
  /** The author of its events: `ala@alpha`, `~guest-7@alpha`. */
  readonly author: string
  /** As it is shown: `ala`, `~guest-7`. */
  readonly nick: string
  /** Of its events, and never that of another connection of the author. */
  readonly device: string
}

/** What an app has asked for is refused. */
export interface Denied {
  readonly _tag: "Denied"
  readonly member: Member
  /** A sentence without a full stop. */
  readonly reason: string
}

/** An event that the app has asked for with `Record` is in the log, and stays there whatever happens. */
export interface Recorded {
  readonly _tag: "Recorded"
  readonly event: LoggedEvent
}

/** Events of the log that this app has not asked for: those of earlier runs at the start, in order, and those of other servers. */
export interface FromLog {
  readonly _tag: "FromLog"
  readonly events: ReadonlyArray<LoggedEvent>
}

/** What an app over a log gets beside `Input`. */
export type LogInput = Attached | Denied | Recorded | FromLog

export type Recipients =
  | { readonly _tag: "One"; readonly member: Member }
  | { readonly _tag: "All" }
  | { readonly _tag: "AllBut"; readonly member: Member }
  | { readonly _tag: "Some"; readonly members: ReadonlyArray<Member> }

/** A message to clients. The framing of each connection is added by its listener; a text is sent as UTF-8. */
export interface Tell {
  readonly _tag: "Tell"
  readonly to: Recipients
  readonly message: string | Uint8Array
}

/** Ends a connection after everything before it was sent. */
export interface Close {
  readonly _tag: "Close"
  readonly member: Member
}

/** A line for the operator. It may contain what a client has sent; the report makes it harmless. */
export interface Log {
  readonly _tag: "Log"
  readonly text: string
}

/** What a client says, as a new event of the room's log. `Recorded` follows. */
export interface Recording {
  readonly _tag: "Record"
  readonly draft: Pick<LoggedEvent, "author" | "device" | "n" | "kind" | "re"> & { readonly body: JsonObject }
}

/** Asks the host. `Attached` or `Denied` follows for a nick, `Answered` for an account: one at a time for each client, others are `Busy`. */
export interface Ask {
  readonly _tag: "Ask"
  readonly member: Member
  readonly question: Question
}

/**
 * `Record` and `Ask` are of apps over a log. What an app puts out after a `Record`, in the same turn or in a later one, is performed when the
 * event is durable, so that no client learns of an event that a crash could take back. The turns of `Recorded` and `FromLog` do not wait: what
 * they tell is durable already.
 */
export type Output = Tell | Close | Log | Recording | Ask

const telling = (to: Recipients, message: string | Uint8Array): Tell => ({ _tag: "Tell", to, message })
export const tell = (member: Member, message: string | Uint8Array): Tell => telling({ _tag: "One", member }, message)
export const tellAll = (message: string | Uint8Array): Tell => telling({ _tag: "All" }, message)
export const tellAllBut = (member: Member, message: string | Uint8Array): Tell =>
  telling({ _tag: "AllBut", member }, message)
/** To these in their order: a part of the clients, such as those that have given a name. */
export const tellSome = (members: ReadonlyArray<Member>, message: string | Uint8Array): Tell =>
  telling({ _tag: "Some", members }, message)
export const close = (member: Member): Close => ({ _tag: "Close", member })
export const record = (draft: Recording["draft"]): Recording => ({ _tag: "Record", draft })
export const ask = (member: Member, question: Question): Ask => ({ _tag: "Ask", member, question })
export const log = (text: string): Log => ({ _tag: "Log", text })

/** The result of one input. */
export type Turn<S> = readonly [state: S, outputs: ReadonlyArray<Output>]

/** What an app gets once, at its start. */
export interface Start {
  /** 32 unpredictable bytes; all chance of the app follows from them (`Chance`), so that a run can be repeated. */
  readonly seed: Uint8Array
  readonly crypto: Pick<Crypto.Shape, "sha256" | "hmac">
  /** The language of texts that the protocol leaves free. */
  readonly language: Language
  /** Unix time in milliseconds, as in `on`. */
  readonly now: number
  /** The room as its log names it, and the name of this server: for apps over a log. */
  readonly room: string
  readonly server: string
}

/** How plain programs speak to the app. */
export interface Dialect {
  readonly transport: "tcp" | "udp" | "multicast"
  /** The text of its framing, as in `--framing`. */
  readonly framing: string
  /** Its usual port. */
  readonly port: number
  /** The multicast group, for `multicast`. */
  readonly group?: string | undefined
  /** Whether it sends more than it was asked for, to addresses that nothing has proved: off loopback with `--allow-unproved` only. */
  readonly answersUnproved?: boolean | undefined
}

export type ConfigSchema<C> = Schema.Schema.AnyNoContext & { readonly Type: C }

/**
 * `S` is the state, a value that `on` never changes; `C` the configuration. An app for one client has a state of its own for each
 * connection, an app for all clients has one for the room.
 */
export interface App<S, C> {
  /** The word of `--app`. */
  readonly name: string
  /** One line for `holub app list`. */
  readonly summary: string
  /** The configuration from the texts of `key:value,…`: a struct of fields whose encoded form is text. Every key has a default. */
  readonly config: ConfigSchema<C>
  /** Keys of the configuration whose texts are long: on a command line their value is the path of a file with the text. */
  readonly configFiles?: ReadonlyArray<string> | undefined
  readonly audience: "one" | "all"
  /** Whether clients say passwords: then events and logs have lengths only, and plain listeners are for this machine (`--plain-login`). */
  readonly isSecret?: ((config: C) => boolean) | undefined
  /** The most clients of a room at the same time; without it, the room's own limit. */
  readonly mostMembers?: number | undefined
  readonly dialects: readonly [Dialect, ...Array<Dialect>]
  /** Servers that the host connects to over TCP, and connects to again when they end. Each is a member; a host may be a name. */
  readonly dials?: ((config: C) => ReadonlyArray<Address>) | undefined
  readonly init: (config: C, start: Start) => S
  /** `now` is Unix time in milliseconds that never goes back. */
  readonly on: (state: S, input: Input, now: number) => Turn<S>
  /** For an app over a log, whose audience is `all`. Its state is a fold of the events, so that a new start gets them all again. */
  readonly onLog?: ((state: S, input: LogInput, now: number) => Turn<S>) | undefined
  /** The same for an answer to an `Ask`. */
  readonly onAnswered?: ((state: S, input: Answered, now: number) => Turn<S>) | undefined
  /** When `Woken` is due, on the clock of `now`; Infinity for never. Read after each turn. */
  readonly deadline?: ((state: S) => number) | undefined
  /** The name under which a client is known in the app, for the operator. */
  readonly nameOf?: ((state: S, member: Member) => string | undefined) | undefined
  /** The part of the state that survives a restart, as JSON, and the state of a new start that remembers it. */
  readonly memory?: Memory<S> | undefined
  /** The client of existing programs: what it asks and what it shows. */
  readonly client?: AppClient | undefined
  /** What clients do in the example of `holub app show`. */
  readonly example: Example
}

export interface Example {
  /** The texts of `key:value,…`. */
  readonly config?: Readonly<Record<string, string>> | undefined
  readonly steps: ReadonlyArray<Step>
  /** What the host answers to questions about accounts. */
  readonly answer?: Answer | undefined
}

/** A table that an app for all clients remembers across restarts: names by address, for example. */
export type Remembered = Readonly<Record<string, string>>

export interface Memory<S> {
  /** Equal (`===`) as long as nothing changes. */
  readonly of: (state: S) => Remembered
  readonly with: (state: S, remembered: Remembered) => S
}

/** An app whose types of state and configuration are hidden; `use` passes it on with them. */
export interface AnyApp extends
  Pick<
    App<never, never>,
    "name" | "summary" | "configFiles" | "audience" | "mostMembers" | "dialects" | "client" | "example"
  >
{
  /** Whether it is an app over a log. */
  readonly hasLog: boolean
  readonly use: <A>(continuation: <S, C>(app: App<S, C>) => A) => A
}

/** Hides the types of an app, for a list of apps. */
export const define = <S, C>(app: App<S, C>): AnyApp => ({
  name: app.name,
  summary: app.summary,
  configFiles: app.configFiles,
  audience: app.audience,
  mostMembers: app.mostMembers,
  dialects: app.dialects,
  client: app.client,
  example: app.example,
  hasLog: app.onLog !== undefined,
  use: (continuation) => continuation(app)
})
