/**
 * The whole server on a host of the simulation: `ClassicTransport`, `Inbox` and `NodeStorage` over a simulated socket
 * and disk.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { RuntimeFiber } from "effect/Fiber"
import * as Stream from "effect/Stream"
import { basename } from "node:path"
import { format } from "../../../src/net/Address.ts"
import { type Handler, Socket } from "../../../src/net/Socket.ts"
import * as NodeCrc from "../../../src/node/NodeCrc.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import { maxFrameBytes } from "../../../src/protocol/classic/ClassicFrame.ts"
import { Storage } from "../../../src/storage/Storage.ts"
import { overwriting } from "../../../src/testing/OverwrittenRuns.ts"
import * as Inbox from "../../../src/transfer/Inbox.ts"
import * as ClassicTransport from "../../../src/transport/classic/ClassicTransport.ts"
import { listen } from "../../../src/transport/Transport.ts"
import type { Program, Runtime } from "../Host.ts"
import { type Arrival, type Ledger, Violation } from "../Ledger.ts"
import { clientOf, type Network } from "../Network.ts"
import type { ServerScript } from "../Script.ts"
import type { ServerDisk } from "../ServerDisk.ts"
import * as SimulatedFiles from "./SimulatedFiles.ts"
import { simulatedSocket } from "./simulatedSocket.ts"
import { VirtualRuntime } from "./VirtualRuntime.ts"

/** A server that runs the production shell. */
export class ShellServer implements Program {
  readonly deadline = Infinity
  readonly #network: Network
  readonly #ledger: Ledger
  readonly #disk: ServerDisk
  readonly #virtual: VirtualRuntime
  readonly #drain = Effect.runSync(Deferred.make<void>())
  readonly #fiber: RuntimeFiber<void, unknown>
  readonly #target = new Uint8Array(maxFrameBytes)
  #handler: Handler | undefined
  #failure: unknown
  #isStopping = false

  constructor(script: ServerScript, network: Network, ledger: Ledger, disk: ServerDisk, runtime: Runtime) {
    this.#network = network
    this.#ledger = ledger
    this.#disk = disk
    this.#virtual = new VirtualRuntime(runtime)
    const storage = NodeStorage.make(SimulatedFiles.make(disk, runtime))
    this.#fiber = this.#virtual.fork(
      this.#program(script).pipe(
        Effect.scoped,
        Effect.provide(ClassicTransport.layer()),
        Effect.provideService(Socket, this.#socket),
        Effect.provideService(Storage, storage),
        Effect.provide(NodeCrc.layer)
      ),
      (exit) => {
        if (exit._tag === "Failure" && !this.#isStopping) this.#failure = exit.cause
      }
    )
    if (script.drainAtMillis !== undefined) {
      runtime.after(
        Math.max(0, script.drainAtMillis - runtime.now()),
        () => Deferred.unsafeDone(this.#drain, Effect.void)
      )
    }
  }

  set wallClockMillis(millis: number) {
    this.#virtual.wallClockMillis = millis
  }

  receive(bytes: Uint8Array, from: string): void {
    this.#handler?.onRun({ bytes: bytes.slice(), from: addressOf(from), segmentBytes: bytes.length })
    this.#check()
  }

  timeout(): void {}

  stop(): void {
    this.#isStopping = true
    this.#virtual.interrupt(this.#fiber)
  }

  leak(): string | undefined {
    this.#check()
    return this.#virtual.fibers === 0 ? undefined : `the server's ${this.#virtual.fibers} fibers`
  }

  readonly #socket: Socket["Type"] = {
    resolve: (host) => Effect.succeed([host]),
    connect: () => Effect.dieMessage("a server does not connect"),
    bind: (local, handler) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          this.#handler = overwriting(handler)
          return simulatedSocket(local, (to, fill) => {
            const length = fill(this.#target)
            if (length > 0) this.#network.sendDown(format(to), this.#target.slice(0, length))
            return length
          })
        }),
        () => Effect.sync(() => this.#handler = undefined)
      )
  }

  #program(script: ServerScript) {
    return Effect.gen(this, function*() {
      const storage = yield* Storage
      const inbox = yield* storage.inbox({
        path: SimulatedFiles.inboxPath,
        ifExists: "rename",
        quotaBytes: script.quotaBytes
      })
      const listener = yield* listen({ host: "server", port: 4040 })
      yield* Effect.forkScoped(
        Stream.runForEach(Inbox.receiveAll(listener, inbox), (event) => Effect.sync(() => this.#onEvent(event)))
      )
      yield* Deferred.await(this.#drain)
      yield* listener.drain
      if (listener.counters().defects > 0) yield* Effect.dieMessage("a connection had a defect")
    })
  }

  #onEvent(event: Inbox.InboxEvent): void {
    try {
      if (event._tag === "Received") this.#received(event.message)
      else if (event._tag === "Refused") {
        const arrival = this.#arrivalOf(event.message)
        if (arrival !== undefined) this.#ledger.refused(arrival)
        if (event.error.message.startsWith("the receiver failed")) {
          throw new Violation("no defect", event.error.message)
        }
      }
    } catch (cause) {
      this.#failure ??= cause
    }
  }

  #received(message: Inbox.Received): void {
    const arrival = this.#arrivalOf(message)
    if (arrival === undefined) return
    const content = message.path === undefined
      ? new TextEncoder().encode(message.text)
      : this.#disk.disk.names.get(basename(message.path))?.bytes ?? new Uint8Array(0)
    this.#ledger.block(arrival, content)
    this.#ledger.completed(arrival)
    this.#ledger.taken(arrival)
    this.#ledger.checkDisk(this.#disk.disk)
  }

  #arrivalOf(message: Inbox.Started): Arrival | undefined {
    const client = clientOf(format(message.peer))
    return client === undefined ? undefined : this.#ledger.opened(client, message.kind, message.name)
  }

  /** Throws the first failure. Errors thrown in a fiber would not reach the world. */
  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

const addressOf = (from: string): { readonly host: string; readonly port: number } => {
  const at = from.lastIndexOf(":")
  return { host: from.slice(0, at), port: Number(from.slice(at + 1)) }
}
