/** Runs commands with a network and a disk in memory, in virtual time, and collects their reports. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Destination } from "../../src/cli/commands/Connecting.ts"
import type { SendOptions } from "../../src/cli/commands/Send.ts"
import * as Send from "../../src/cli/commands/Send.ts"
import type { ServeOptions } from "../../src/cli/commands/Serve.ts"
import * as Serve from "../../src/cli/commands/Serve.ts"
import type { Report, ReportEvent } from "../../src/cli/report/Report.ts"
import type { ClientOptions } from "../../src/cli/settings/WireOptions.ts"
import { Crc } from "../../src/net/Crc.ts"
import type { WireSettings } from "../../src/node/Wires.ts"
import * as Wires from "../../src/node/Wires.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import type { FragmentOptions, WireName } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"

export interface FakeReport extends Report {
  readonly events: Array<ReportEvent>
  readonly notes: Array<string>
  /** `type` and the most significant field of each event. */
  readonly summaries: () => ReadonlyArray<string>
}

export const fakeReport = (): FakeReport => {
  const events: Array<ReportEvent> = []
  const notes: Array<string> = []
  return {
    events,
    notes,
    summaries: () => events.map(summaryOf),
    emit: (event) => Effect.sync(() => events.push(event)),
    detail: (line) => Effect.sync(() => notes.push(line)),
    frame: () => undefined,
    note: (line) => Effect.sync(() => notes.push(line)),
    cleared: Effect.void,
    progress: () => Effect.never
  }
}

const summaryOf = (event: ReportEvent): string => {
  if ("app" in event) return `${event.app} ${event.type}`
  switch (event.type) {
    case "listening":
      return `listening ${event.port}`
    case "disconnected":
      return `disconnected ${event.reason}`
    case "started":
    case "received":
    case "sent":
      return `${event.type} ${event.kind === "text" ? "a text" : event.name}`
    case "error":
      return `error ${event.code} ${event.exitCode}`
    default:
      return event.type
  }
}

/** A disk with files, and a network with faults by script. */
export const world = (
  files: Readonly<Record<string, string>> = {},
  script: NonNullable<Faults.Options["script"]> = []
) => {
  const disk: StorageMemory.Disk = new Map(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])
  )
  const layer = Layer.mergeAll(
    Layer.provide(Faults.layer({ seed: 1, script }), SocketMemory.layer()),
    TcpMemory.layer(),
    Crc.layer,
    keyed,
    StorageMemory.layer(disk)
  )
  return { disk, layer }
}

/** The wire of a command, classic by default. */
interface Wired extends WireSettings {
  readonly wire: WireName
}

type Serving = ServeOptions & Wired

const serveOptions: Serving = {
  host: "127.0.0.1",
  port: 4040,
  portSearch: 0,
  dir: "/inbox",
  ifExists: "rename",
  quotaBytes: undefined,
  isOnce: false,
  wire: "classic"
}

export const serving = (
  report: Report,
  options: Partial<Serving> = {},
  stopping: Effect.Effect<void> = Effect.never
) => {
  const { idleTimeoutMillis, wire, ...rest } = { ...serveOptions, ...options }
  return Effect.scoped(Serve.run(rest, report, stopping)).pipe(Effect.provide(Wires.layer(wire, { idleTimeoutMillis })))
}

type Sending = SendOptions & Omit<ClientOptions, "message"> & Pick<Destination, "isTrusted"> & FragmentOptions & Wired

const sendOptions: Sending = {
  to: { host: "127.0.0.1", port: 4040 },
  wire: "classic",
  waitMillis: 0,
  written: ["--to=127.0.0.1"],
  wanted: [{ _tag: "Text", text: "ahoj" }]
}

export const sending = (report: Report, options: Partial<Sending> = {}) => {
  const { damage, fragmentSize, idleTimeoutMillis, wanted, wire, written, ...client } = { ...sendOptions, ...options }
  const message = wire === "classic" ? { damage, fragmentSize } : {}
  return Effect.scoped(Send.run({ wanted, written }, { ...client, message }, report, Stream.empty)).pipe(
    Effect.provide(Wires.layer(wire, { idleTimeoutMillis }))
  )
}
