/** The communicator in a world in memory, with a person at it. */
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Failure } from "../../../src/cli/errors/Failure.ts"
import * as Communicator from "../../../src/cli/interactive/Communicator.ts"
import * as Defaults from "../../../src/cli/interactive/Defaults.ts"
import { Dialog } from "../../../src/cli/interactive/Dialog.ts"
import { human } from "../../../src/cli/report/HumanReport.ts"
import type { Read } from "../../../src/cli/Settings.ts"
import { reader } from "../../../src/cli/Settings.ts"
import * as ClassicWire from "../../../src/cli/wires/ClassicWire.ts"
import type { Wire } from "../../../src/cli/wires/Wire.ts"
import { Crc } from "../../../src/net/Crc.ts"
import { Storage } from "../../../src/storage/Storage.ts"
import * as StorageMemory from "../../../src/storage/StorageMemory.ts"
import type { Rule } from "../../../src/testing/Faults.ts"
import * as Faults from "../../../src/testing/Faults.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import type { InboxEvent } from "../../../src/transfer/Inbox.ts"
import { receiveAll } from "../../../src/transfer/Inbox.ts"
import * as Endpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import type { Tapped } from "../../suites/tap.ts"
import { tap } from "../../suites/tap.ts"
import type { Person } from "./DialogMemory.ts"

/** What the person's world is made of; `log` has every frame that is sent. */
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
  return { disk, layer: Layer.mergeAll(network, Crc.layer, StorageMemory.layer(disk)) }
}

type Wiring<Needed> = (read: Read) => Either.Either<Wire<Needed>, Failure>

/** Starts the communicator over the classic wire; gives its fiber. */
export const communicator = (
  person: Person,
  environment: Readonly<Record<string, string>> = {},
  stopping: Effect.Effect<void> = Effect.never
) => communicatorOver(ClassicWire.fromSettings, person, environment, stopping)

/** The same over any wire. */
export const communicatorOver = <Needed>(
  wiring: Wiring<Needed>,
  person: Person,
  environment: Readonly<Record<string, string>> = {},
  stopping: Effect.Effect<void> = Effect.never
) =>
  Effect.fork(
    Effect.gen(function*() {
      const { output } = yield* Dialog
      const read = reader([], environment)
      const answers = yield* Defaults.fromSettings(read, { given: [], environment, configuration: undefined })
      const isServing = () => answers.role === "server"
      return yield* Communicator.run(
        answers,
        yield* wiring(read),
        human({ stdout: output, stderr: output, isQuiet: false, isServing }),
        stopping
      )
    }).pipe(Effect.provide(person.layer))
  )

/** Another program's server, whose events are gathered. */
export const serving = (events: Array<InboxEvent>, quotaBytes?: number) =>
  Effect.gen(function*() {
    const listener = yield* Endpoint.listen({ host: "127.0.0.1", port: 4040 })
    const inbox = yield* Effect.flatMap(Storage, (storage) =>
      storage.inbox({ path: "/there", ifExists: "rename", quotaBytes }))
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, inbox), (event) =>
        Effect.sync(() => events.push(event)))
    )
    return listener
  })
