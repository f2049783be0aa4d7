/** What the commands have to say, once: as objects for scripts or as words for people. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { MessageKind } from "../protocol/classic/Fragments.ts"
import { ExitCode } from "./Failure.ts"
import type { Failure } from "./Failure.ts"
import * as Words from "./Words.ts"

interface Message {
  readonly id: string
  /** `host:port` */
  readonly peer: string
  readonly kind: MessageKind
  readonly name?: string | undefined
  readonly fragments: number
  readonly fragmentSize: number
}

interface Finished {
  readonly path?: string | undefined
  readonly size: number
  readonly sha256: string
  readonly durationMillis: number
  readonly rateBitsPerSecond: number
}

/** Why a peer is gone; the last four of them only a client knows. */
export type DisconnectReason =
  | "ended"
  | "lost"
  | "refused"
  | "left"
  | "unreachable"
  | "declined"
  | "tooLarge"

/** The events of `--json`, without `v` and `time`. Sizes are bytes. */
export type ReportEvent =
  | {
    readonly type: "listening"
    readonly host: string
    readonly port: number
    readonly wire: "classic"
    /** Absolute. */
    readonly dir: string
  }
  | { readonly type: "connected"; readonly peer: string }
  | { readonly type: "disconnected"; readonly peer: string; readonly reason: DisconnectReason }
  | ({ readonly type: "started"; readonly size?: number | undefined } & Message)
  | {
    readonly type: "progress"
    readonly id: string
    readonly bytes: number
    readonly size?: number | undefined
    readonly rateBitsPerSecond: number
  }
  | (
    & {
      readonly type: "received"
      readonly text?: string | undefined
      readonly damaged: number
      readonly damagedNumbers: ReadonlyArray<number>
      readonly duplicates: number
    }
    & Message
    & Finished
  )
  | (
    & {
      readonly type: "sent"
      readonly retransmissions: number
      /** Sequence numbers of the DATs that were sent again, the first of them. */
      readonly repeatedNumbers: ReadonlyArray<number>
      /** DATs that were damaged on purpose (`--damage`), and the first of their sequence numbers. */
      readonly damaged: number
      readonly damagedNumbers: ReadonlyArray<number>
      readonly confirmed: boolean
    }
    & Message
    & Finished
  )
  | {
    /** A part that a crash left in an inbox: removed, or only found. */
    readonly type: "removed" | "leftover"
    /** Absolute. */
    readonly path: string
    readonly size: number
    readonly ageMillis: number
  }
  | {
    readonly type: "setting"
    readonly name: string
    /** As it would be written behind the flag; several for what is repeatable. */
    readonly value?: string | ReadonlyArray<string> | undefined
    readonly origin: string
  }
  | { readonly type: "installed"; readonly shell: string; /** Absolute. */ readonly path: string }
  | {
    readonly type: "error"
    readonly code: string
    readonly exitCode: number
    readonly message: string
    readonly hint?: string | undefined
  }

/** A message under way, as progress shows it. */
export interface Underway {
  readonly id: string
  readonly label: string
  readonly verb: "sending" | "receiving"
  readonly bytes: () => number
  /** Undefined when it is not known: on the classic wire a receiver is not told. */
  readonly size: number | undefined
}

export interface Report {
  readonly emit: (event: ReportEvent) => Effect.Effect<void>
  /** Something that only people need to know. */
  readonly note: (line: string) => Effect.Effect<void>
  /** Shows the progress of what `underway` lists, until interrupted. */
  readonly progress: (underway: () => ReadonlyArray<Underway>) => Effect.Effect<void>
}

/** Where characters go. */
export interface Output {
  readonly write: (text: string) => void
  /** Waits until a slow reader has taken what was written. */
  readonly drained: Effect.Effect<void>
  /** Whether a person may be looking, whom a peer's words must not mislead. */
  readonly isTerminal: boolean
  /** Whether a line may be painted over. */
  readonly isAnimated: boolean
  /** Characters in a line of the terminal. */
  readonly columns: () => number
}

export const failed = (report: Report, failure: Failure, about?: string): Effect.Effect<void> =>
  report.emit({
    type: "error",
    code: failure.code,
    exitCode: failure.exitCode,
    message: about === undefined ? failure.message : `${about}: ${failure.message}`,
    hint: failure.hint
  })

const progressMillis = 1000

/** One object a line, and nothing else. */
export const json = (stdout: Output): Report => {
  const emit = (event: ReportEvent): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (millis) => {
      const { type, ...fields } = event
      stdout.write(
        `${escaped(JSON.stringify({ v: 1, type, time: new Date(millis).toISOString(), ...integers(fields) }))}\n`
      )
      return stdout.drained
    })
  return {
    emit,
    note: () => Effect.void,
    progress: (underway) => {
      let before: ReadonlyMap<string, number> = new Map()
      return Effect.suspend(() => {
        const messages = underway().map(({ bytes, id, size }) => ({ id, size, bytes: bytes() }))
        const rateOf = (id: string, bytes: number) => Words.bitRate(bytes - (before.get(id) ?? 0), progressMillis)
        const events = messages.map(({ bytes, id, size }) =>
          emit({ type: "progress", id, bytes, size, rateBitsPerSecond: rateOf(id, bytes) })
        )
        before = new Map(messages.map(({ bytes, id }) => [id, bytes]))
        return Effect.all(events, { discard: true })
      }).pipe(Effect.delay(progressMillis), Effect.forever)
    }
  }
}

/** The error of a defect. */
export const ofDefect = (message: string): ReportEvent => ({
  type: "error",
  code: "Unexpected",
  exitCode: ExitCode.unclassified,
  message
})

/** JSON that a terminal may be shown: what JSON.stringify leaves raw of controls and of marks that mislead. */
const escaped = (line: string): string =>
  line.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
      ).join("")
  )

const integers = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, key === "durationMillis" ? Math.round(Number(value)) : value])
  )
