/** The interactive mode over a network and a disk in memory, with a simulated person. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Communicator from "../../../src/cli/interactive/Communicator.ts"
import * as Defaults from "../../../src/cli/interactive/Defaults.ts"
import { Dialog } from "../../../src/cli/interactive/Dialog.ts"
import { human } from "../../../src/cli/report/HumanReport.ts"
import * as WireOptions from "../../../src/cli/settings/WireOptions.ts"
import { Crc } from "../../../src/net/Crc.ts"
import * as Wires from "../../../src/node/Wires.ts"
import { Storage } from "../../../src/storage/Storage.ts"
import * as StorageMemory from "../../../src/storage/StorageMemory.ts"
import type { Rule } from "../../../src/testing/Faults.ts"
import * as Faults from "../../../src/testing/Faults.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as TcpMemory from "../../../src/testing/TcpMemory.ts"
import type { InboxEvent } from "../../../src/transfer/Inbox.ts"
import { receiveAll } from "../../../src/transfer/Inbox.ts"
import * as ClassicTransport from "../../../src/transport/classic/ClassicTransport.ts"
import { listen } from "../../../src/transport/Transport.ts"
import { keyed } from "../../security/keyed.ts"
import type { Tapped } from "../../suites/tap.ts"
import { tap } from "../../suites/tap.ts"
import { invoke } from "../invoking.ts"
import type { Person } from "./DialogMemory.ts"

/** What the person's world is made of, with the classic wire for other programs; `log` has every frame that is sent. */
export const world = (
  { files = {}, log = [], script = [] }: {
    readonly files?: Readonly<Record<string, string>>
    readonly log?: Array<Tapped>
    readonly script?: ReadonlyArray<Rule>
  } = {}
) => {
  const disk: StorageMemory.Disk = new Map(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])
  )
  const network = tap(log).pipe(Layer.provide(Faults.layer({ seed: 1, script })), Layer.provide(SocketMemory.layer()))
  const services = Layer.mergeAll(network, TcpMemory.layer(), Crc.layer, keyed, StorageMemory.layer(disk))
  return { disk, layer: Layer.provideMerge(ClassicTransport.layer(), services) }
}

/** Starts the communicator with the environment, over the wire of the program's settings; gives its fiber. */
export const communicator = (
  person: Person,
  environment: Readonly<Record<string, string>> = {},
  stopping: Effect.Effect<void> = Effect.never
) =>
  Effect.fork(
    Effect.gen(function*() {
      const { output } = yield* Dialog
      const { values } = yield* invoke([], environment)
      const answers = Defaults.fromSettings(values, { given: [], environment, configuration: undefined })
      const isServing = () => answers.role === "server"
      const { wire, ...settings } = WireOptions.fromSettings(values)
      return yield* Communicator.run(
        answers,
        human({ stdout: output, stderr: output, isQuiet: false, isServing }),
        stopping
      ).pipe(Effect.provide(Wires.layer(wire, settings)))
    }).pipe(Effect.provide(person.layer))
  )

/** The same over the classic wire. */
export const classicCommunicator: typeof communicator = (person, environment, stopping) =>
  communicator(person, { ...environment, HOLUB_WIRE: "classic" }, stopping)

/** Another program's server, whose events are gathered. */
export const serving = (events: Array<InboxEvent>, quotaBytes?: number) =>
  Effect.gen(function*() {
    const listener = yield* listen({ host: "127.0.0.1", port: 4040 })
    const inbox = yield* Effect.flatMap(Storage, (storage) =>
      storage.inbox({ path: "/there", ifExists: "rename", quotaBytes }))
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, inbox), (event) =>
        Effect.sync(() => events.push(event)))
    )
    return listener
  })
