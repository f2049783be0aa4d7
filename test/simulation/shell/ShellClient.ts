/** The whole client on a host of the simulation: `ClassicTransport` and `Outbox` over a simulated socket. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { RuntimeFiber } from "effect/Fiber"
import * as Scope from "effect/Scope"
import { type Handler, Socket, SocketError } from "../../../src/net/Socket.ts"
import * as NodeCrc from "../../../src/node/NodeCrc.ts"
import { maxFrameBytes } from "../../../src/protocol/classic/ClassicFrame.ts"
import { Storage, type StorageError } from "../../../src/storage/Storage.ts"
import * as StorageMemory from "../../../src/storage/StorageMemory.ts"
import { overwriting } from "../../../src/testing/OverwrittenRuns.ts"
import * as Outbox from "../../../src/transfer/Outbox.ts"
import * as ClassicTransport from "../../../src/transport/classic/ClassicTransport.ts"
import type { SessionError, SessionReason } from "../../../src/transport/SessionError.ts"
import { connect } from "../../../src/transport/Transport.ts"
import type { ClientProgram, Runtime } from "../Host.ts"
import type { Ledger, Outcome, Sent } from "../Ledger.ts"
import { addressOf, type Network, serverAddress } from "../Network.ts"
import type { ClientScript } from "../Script.ts"
import { simulatedSocket } from "./simulatedSocket.ts"
import { VirtualRuntime } from "./VirtualRuntime.ts"

/** How long a client stays connected after its last message, to send keep-alives. */
const stayMillis = 12_000
/**
 * The delay of a reported outcome: the receiver's application may receive a message shortly after its sender's report.
 */
const reportAfterMillis = 0.25
const server = { host: "server", port: 4040 }

/** A client that runs the production shell. */
export class ShellClient implements ClientProgram {
  readonly deadline = Infinity
  readonly #number: number
  readonly #script: ClientScript
  readonly #network: Network
  readonly #ledger: Ledger
  readonly #runtime: Runtime
  readonly #receive: (bytes: Uint8Array, from: string) => void
  readonly #virtual: VirtualRuntime
  readonly #fiber: RuntimeFiber<void, unknown>
  readonly #target = new Uint8Array(maxFrameBytes)
  #handler: Handler | undefined
  #incarnation = -1
  #failure: unknown
  #isStopping = false
  isDone = false

  constructor(
    number: number,
    script: ClientScript,
    network: Network,
    ledger: Ledger,
    runtime: Runtime,
    receive: (bytes: Uint8Array, from: string) => void
  ) {
    this.#number = number
    this.#script = script
    this.#network = network
    this.#ledger = ledger
    this.#runtime = runtime
    this.#receive = receive
    this.#virtual = new VirtualRuntime(runtime)
    const files: StorageMemory.Disk = new Map(
      (ledger.sent[number] ?? []).map(({ content, name }) => [`/${name}`, content])
    )
    this.#fiber = this.#virtual.fork(
      this.#program.pipe(
        Effect.provide(ClassicTransport.layer()),
        Effect.provideService(Socket, this.#socket),
        Effect.provide(NodeCrc.layer),
        Effect.provide(StorageMemory.layer(files))
      ),
      (exit) => {
        this.isDone = true
        if (Exit.isFailure(exit) && !this.#isStopping) this.#failure = exit.cause
      }
    )
  }

  set wallClockMillis(millis: number) {
    this.#virtual.wallClockMillis = millis
  }

  receive(bytes: Uint8Array): void {
    this.#handler?.onRun({ bytes: bytes.slice(), from: server, segmentBytes: bytes.length })
    if (this.#failure !== undefined) throw this.#failure
  }

  timeout(): void {}

  stop(): void {
    this.#isStopping = true
    this.#virtual.interrupt(this.#fiber)
  }

  leak(): string | undefined {
    if (this.#failure !== undefined) throw this.#failure
    return this.#virtual.fibers === 0 ? undefined : `${this.#virtual.fibers} fibers of client ${this.#number}`
  }

  readonly #socket: Socket["Type"] = {
    resolve: (host) => Effect.succeed([host]),
    bind: () => Effect.dieMessage("a client does not bind"),
    connect: (_peer, handler) =>
      Effect.map(
        Effect.acquireRelease(
          Effect.sync(() => {
            const address = addressOf(this.#number, ++this.#incarnation)
            const refused = new SocketError({ reason: "Refused", address: serverAddress, message: "no server listens" })
            this.#handler = overwriting(handler)
            const close = this.#network.connect(this.#number, address, this.#receive, () =>
              this.#runtime.after(0, () =>
                handler.onError(refused, undefined)))
            return { address, close }
          }),
          ({ close }) =>
            Effect.sync(close)
        ),
        ({ address }) =>
          simulatedSocket({ host: address, port: 9 }, (_to, fill) => {
            const length = fill(this.#target)
            if (length > 0) {
              this.#network.sendUp(this.#number, address, this.#target.slice(0, length))
            }
            return length
          })
      )
  }

  get #program() {
    return Effect.gen(this, function*() {
      const storage = yield* Storage
      let next = 0
      const { ending, messages } = this.#script
      /**
       * Sends over one connection until the end or a refusal. Succeeds with true if a new connection should be opened.
       */
      const connected = Effect.gen(this, function*() {
        const session = yield* connect(server)
        for (let script = messages[next]; script !== undefined; script = messages[next]) {
          yield* Effect.sleep(script.restMillis)
          const message = this.#ledger.announced(this.#number, next++)
          const sent: Effect.Effect<Outbox.Sent, SessionError | StorageError> = message.kind === "text"
            ? Outbox.sendText(session, Buffer.from(message.content).toString("utf8"), {
              fragmentSize: script.fragmentSize
            })
            : Effect.scoped(
              Effect.flatMap(
                storage.source(`/${message.name}`),
                (source) => Outbox.sendFile(session, source, { fragmentSize: script.fragmentSize })
              )
            )
          const outcome = yield* sent.pipe(
            Effect.map(({ confirmed }): Outcome => confirmed ? "confirmed" : "unconfirmed"),
            Effect.catchTag("SessionError", (error) => {
              const failed = outcomes[error.reason]
              return failed === undefined ? Effect.die(error) : Effect.succeed(failed)
            })
          )
          this.#report(message, outcome)
          if (outcome === "declined") return true
          if (outcome !== "confirmed" && outcome !== "unconfirmed") return false
        }
        if (ending === "stay") yield* Effect.sleep(stayMillis)
        return false
      })
      for (;;) {
        const scope = yield* Scope.make()
        const shouldReconnect = yield* Effect.onExit(
          Scope.extend(connected, scope),
          (exit) => Scope.close(scope, exit)
        )
        if (!shouldReconnect) return
      }
    })
  }

  #report(message: Sent, outcome: Outcome): void {
    // The outcome is final; it is checked after a delay.
    this.#runtime.after(reportAfterMillis, () => this.#ledger.reported(message, outcome))
  }
}

/** Any other reason is a defect of the client. */
const outcomes: Readonly<Partial<Record<SessionReason, Outcome>>> = {
  Unreachable: "unreachable",
  Silent: "unreachable",
  Lost: "lost",
  Declined: "declined",
  Closed: "ended",
  Left: "ended",
  TooLarge: "lost"
}
