/**
 * A conversation with a server: reads and typed lines go to the client of an app, and its messages to the server, in the framing of the
 * connection. All inputs are handled one after another.
 */
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ClientInput, ClientRun } from "../../apps/AppClient.ts"
import { format } from "../../net/Address.ts"
import type { Codec, Decoded, Framing, Message } from "../../protocol/framing/Framing.ts"
import { textOf } from "../../protocol/framing/Utf8Text.ts"
import * as Timing from "../../transport/Timing.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure } from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import type { Connection, Reading } from "./JoinConnection.ts"

/** What a person or a script sees and types. */
export interface Face {
  /** Shows a text of the server or of the client. */
  readonly show: (text: string) => Effect.Effect<void>
  /** Shows the prompt of a question. */
  readonly ask: (prompt: string) => Effect.Effect<void>
  /** The lines that are typed. Its end is the wish to leave. */
  readonly lines: Stream.Stream<string>
  /** Whether a person types the lines; those of a file wait for their questions. */
  readonly isPerson: boolean
}

export interface TalkOptions {
  readonly connection: Connection
  readonly framing: Framing
  /** The client before `Opened`. */
  readonly client: ClientRun
  /** The name of the app in events. */
  readonly app: string
  readonly face: Face
  readonly report: Report
}

type Input = Reading | { readonly _tag: "Typed"; readonly line: string } | { readonly _tag: "Leave" }

/** Inputs that wait for their turn. */
const waitingInputs = 64

/** After this side has ended its direction: the silence after which it leaves, in milliseconds. */
const leaveMillis = 2000

/** The same over datagrams, whatever still arrives: their sender does not learn of the end, and may send for ever. */
const mostLeaveMillis = 10_000

/**
 * The waits of a line from a file, in milliseconds since the line before it: for a question of a client that asks, and for an answer to
 * that line, so that two messages without an end are not one read. A client that has not asked in its wait takes lines freely, such as
 * one of a chat after the name, until it asks again.
 */
const questionMillis = 1000
const answerMillis = 100

/** Talks until the server ends the connection, or the lines have ended and the server is silent. */
export const run = (options: TalkOptions): Effect.Effect<void, Failure, Scope.Scope> =>
  Effect.gen(function*() {
    const { connection, face, report } = options
    const now = yield* Timing.monotonic
    const inputs = yield* Mailbox.make<Input>(waitingInputs)
    const turn = yield* Effect.makeLatch(false)
    const talk = new TalkState(options, () => turn.unsafeOpen(), now())
    yield* report.emit({ type: "connected", ...talk.about })
    yield* talk.opened
    yield* Effect.forkScoped(Effect.repeat(
      Effect.tap(connection.read, (reading) => inputs.offer(reading)),
      { while: (reading) => reading._tag === "Bytes" }
    ))
    const inTurn = Effect.suspend(() => {
      if (face.isPerson) return Effect.void
      const waited = Effect.sleep(Math.max(0, talk.freeAt - now()))
      return Effect.raceFirst(Effect.as(turn.await, true), Effect.as(waited, false)).pipe(
        Effect.map((isAsked) => {
          turn.unsafeClose()
          talk.handleTurn(now(), isAsked)
        })
      )
    })
    yield* Effect.forkScoped(
      Stream.runForEach(face.lines, (line) => Effect.zipRight(inTurn, inputs.offer({ _tag: "Typed", line }))).pipe(
        // The last line may still be answered.
        Effect.zipRight(inTurn),
        Effect.zipRight(inputs.offer({ _tag: "Leave" }))
      )
    )
    const take: Effect.Effect<boolean, Failure> = Effect.suspend(() => {
      const next = Effect.orElseSucceed(inputs.take, (): Input => ({ _tag: "End" }))
      const deadline = Math.min(talk.deadline, talk.leavesAt)
      const waited = deadline === Infinity
        ? Effect.asSome(next)
        : Effect.timeoutOption(next, Math.max(0, deadline - now()))
      return Effect.flatMap(waited, (input) => talk.handle(Option.getOrUndefined(input), now()))
    })
    const finished = Effect.repeat(take, { until: (isOver) => isOver })
    yield* Effect.onExit(finished, () => report.emit({ type: "disconnected", ...talk.about, ...talk.end }))
  })

class TalkState {
  /** The silence after this time ends the conversation; Infinity while this side talks. */
  leavesAt = Infinity
  readonly about: { readonly app: string; readonly transport: Connection["transport"]; readonly peer: string }
  readonly #options: TalkOptions
  readonly #codec: Codec
  readonly #onTurn: () => void
  #client: ClientRun
  #hasAsked = false
  #receivedBytes = 0
  #sentBytes = 0
  #reason: "ended" | "left" | "reset" | "failed" = "left"
  #isLeaving = false
  /** The end of the conversation, even if the server goes on. */
  #endsAt = Infinity
  /** The time of the last line of a file, or of the start. */
  #lineAt: number

  /** `onTurn` is called when a line of a file has its turn. */
  constructor(options: TalkOptions, onTurn: () => void, now: number) {
    const { app, client, connection, framing } = options
    this.#options = options
    this.#onTurn = onTurn
    this.#lineAt = now
    this.#client = client
    this.#codec = framing.open()
    this.about = { app, transport: connection.transport, peer: format(connection.peer) }
  }

  get deadline(): number {
    return this.#codec.deadline
  }

  get end() {
    return { reason: this.#reason, receivedBytes: this.#receivedBytes, sentBytes: this.#sentBytes }
  }

  /** When a line of a file has waited for its turn for long enough. */
  get freeAt(): number {
    return this.#lineAt + (this.#hasAsked ? questionMillis : answerMillis)
  }

  /** A line of a file goes to the client now: because of its turn, or after its wait. */
  handleTurn(now: number, isAsked: boolean): void {
    this.#lineAt = now
    if (!isAsked) this.#hasAsked = false
  }

  get opened(): Effect.Effect<void> {
    return this.#tell({ _tag: "Opened" })
  }

  /** Handles an input, undefined for a deadline. Returns whether the conversation is over. */
  handle(input: Input | undefined, now: number): Effect.Effect<boolean, Failure> {
    const { connection } = this.#options
    if (now >= this.#endsAt) return Effect.succeed(true)
    switch (input?._tag) {
      case undefined:
        if (now >= this.leavesAt) return Effect.succeed(true)
        return Effect.as(this.#decoded(this.#codec.handleTimeout(now)), false)
      case "Bytes":
        if (this.#isLeaving) this.leavesAt = Math.min(now + leaveMillis, this.#endsAt)
        return Effect.as(this.#decoded(this.#codec.handleBytes(input.bytes, now)), false)
      case "End":
        this.#reason = "ended"
        return this.#decoded(this.#codec.handleEnd()).pipe(
          Effect.zipRight(this.#tell({ _tag: "Ended" })),
          Effect.zipRight(connection.finish),
          Effect.as(true)
        )
      case "Failed":
        this.#reason = input.failure.code === "Reset" ? "reset" : "failed"
        return Effect.fail(input.failure)
      case "Typed":
        // Nothing can be sent after the end of this direction.
        return this.#isLeaving
          ? Effect.succeed(false)
          : Effect.as(this.#tell({ _tag: "Typed", line: input.line }), false)
      case "Leave":
        return this.#isLeaving
          ? Effect.succeed(false)
          : Effect.as(Effect.zipRight(this.#tell({ _tag: "Leaving" }), Effect.suspend(() => this.#leave(now))), false)
    }
  }

  #leave(now: number): Effect.Effect<void> {
    if (this.#isLeaving) return Effect.void
    this.#isLeaving = true
    this.leavesAt = now + leaveMillis
    if (this.#options.connection.transport === "udp") this.#endsAt = now + mostLeaveMillis
    return this.#options.connection.finish
  }

  #decoded({ failure, messages }: Decoded): Effect.Effect<void, Failure> {
    return Effect.zipRight(
      Effect.forEach(messages, (message) => this.#received(message), { discard: true }),
      Effect.suspend(() => {
        if (failure === undefined) return Effect.void
        this.#reason = "failed"
        return Effect.fail(
          new Failure({
            code: "Framing",
            exitCode: ExitCode.unclassified,
            message:
              `what ${this.about.peer} sends cannot be isolated as ${this.#options.framing.name}: ${failure.message}`,
            hint: "try another --framing"
          })
        )
      })
    )
  }

  #received({ bytes }: Message): Effect.Effect<void> {
    const text = textOf(bytes)
    this.#receivedBytes += bytes.length
    const event = { type: "received" as const, ...this.about, bytes: bytes.length, text }
    return Effect.zipRight(
      this.#options.report.emit(event),
      Effect.suspend(() => {
        const told = this.#tell({ _tag: "Received", bytes, text })
        if (!this.#hasAsked) this.#onTurn()
        return told
      })
    )
  }

  /** Gives the client an input, and performs its outputs. */
  #tell(input: ClientInput): Effect.Effect<void> {
    const { face } = this.#options
    const [next, outputs] = this.#client.on(input)
    this.#client = next
    return Effect.forEach(outputs, (output) => {
      switch (output._tag) {
        case "Show":
          return face.show(output.text)
        case "Ask":
          this.#hasAsked = true
          this.#onTurn()
          return face.ask(output.prompt)
        case "Send":
          return this.#send(output.message)
        case "Leave":
          return Effect.flatMap(Timing.monotonic, (now) => this.#leave(now()))
      }
    }, { discard: true })
  }

  #send(message: string | Uint8Array): Effect.Effect<void> {
    const { connection, framing, report } = this.#options
    const bytes = typeof message === "string" ? encoder.encode(message) : message
    const encoded = this.#codec.encode({ bytes })
    if (encoded === undefined) {
      return report.note(`this message was not sent: the framing ${framing.name} cannot carry it`)
    }
    this.#sentBytes += bytes.length
    return Effect.zipRight(
      connection.write(encoded),
      report.emit({ type: "sent", ...this.about, bytes: bytes.length })
    )
  }
}

const encoder = new TextEncoder()
