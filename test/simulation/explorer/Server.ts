/**
 * The server of a world: datagrams of unknown peers go to `isAdmitted`, those of the known peer to the production
 * `Receiver`. An application stores, publishes and accepts, or refuses, one message after another, each in a separate
 * step. Published messages survive a crash, all other state is lost. A server is an immutable value: every step creates
 * a new one.
 */
import { crc32 } from "node:zlib"
import { isAdmitted } from "../../../src/protocol/classic/Admission.ts"
import type { MessageKind } from "../../../src/protocol/classic/Fragments.ts"
import { Receiver } from "../../../src/protocol/classic/Receiver.ts"
import type { ReceiverEvent } from "../../../src/protocol/classic/ReceiverEvents.ts"
import { copyOf } from "./CoreCopy.ts"
import type { CoreKey } from "./CoreKey.ts"
import { drained } from "./drained.ts"
import type { Step } from "./SideStates.ts"
import type { World } from "./World.ts"

/** A message that the application receives. */
interface Reception {
  /** Undefined if its `Receiver` no longer exists. */
  readonly serial: number | undefined
  readonly kind: MessageKind
  readonly name: string
  readonly content: string
  readonly due: "content" | "publish" | "accept" | "refuse"
  /** The time from which the application may process it. */
  readonly since: number
}

/** A state of the server. */
export interface Server {
  /** Undefined while the peer is unknown. */
  readonly core: Receiver | undefined
  readonly now: number
  readonly receptions: ReadonlyArray<Reception>
  /** Indices of the published messages, in the order of publication. */
  readonly published: ReadonlyArray<number>
  /** The number of messages published before the last crash. */
  readonly publishedBefore: number
  readonly hasRefused: boolean
  readonly hasCrashed: boolean
  /** The time at which a crashed server restarts. */
  readonly downUntil: number
}

/** The state at the beginning. */
export const firstServer: Server = {
  core: undefined,
  now: 0,
  receptions: [],
  published: [],
  publishedBefore: 0,
  hasRefused: false,
  hasCrashed: false,
  downUntil: 0
}

/** The key of a state: servers with equal keys behave identically. */
export const serverKey = (server: Server, keys: CoreKey): string => {
  const { downUntil, core, hasCrashed, hasRefused, now, published, publishedBefore, receptions } = server
  const taken = receptions.map(({ content, due, kind, name, serial, since }) =>
    `${serial}:${kind}:${name}:${content}:${due}:${due === "content" ? "" : now - since}`
  )
  return `${published.join(",")}/${publishedBefore}/${hasRefused}/${hasCrashed}/${Math.max(0, downUntil - now)}/${
    taken.join(",")
  }/${core === undefined ? "" : keys.of(core, now)}`
}

/** The latest time of the next action of the core or the application in milliseconds; Infinity for never. */
export const serverDeadline = (server: Server, world: World): number => {
  const reception = nextReception(server)
  return Math.min(
    server.core?.deadline ?? Infinity,
    isDown(server) ? server.downUntil : Infinity,
    reception === undefined ? Infinity : reception.since + world.storeMillis
  )
}

/** Whether the server has crashed and not restarted yet. */
export const isDown = (server: Server): boolean => server.now < server.downUntil

/** Whether it neither knows the peer nor processes a message: a crash would have no effect. */
export const isInitial = (server: Server): boolean => server.core === undefined && server.receptions.length === 0

/** The application processes one message at a time. */
const nextReception = ({ receptions: [reception] }: Server): Reception | undefined =>
  reception?.due === "content" ? undefined : reception

/** Whether the application may process a message. */
export const mayStore = (server: Server): boolean => nextReception(server) !== undefined

/** The server crashes. */
export const crashed = (server: Server, world: World): Step<Server> => ({
  local: {
    ...firstServer,
    now: server.now,
    published: server.published,
    publishedBefore: server.published.length,
    hasRefused: server.hasRefused,
    hasCrashed: true,
    downUntil: server.now + world.restartMillis
  },
  frames: [],
  notes: ["crashes"],
  violation: undefined
})

/** The server receives a datagram. */
export const serverReceives = (server: Server, bytes: Uint8Array, world: World): Step<Server> => {
  const ignored = { local: server, frames: [], notes: [], violation: undefined }
  if (isDown(server) || (server.core === undefined && !isAdmitted(bytes, crc32))) return ignored
  const core = copyOf(server.core) ?? new Receiver({ crc32, timing: world.timing }, server.now)
  core.handleDatagrams([bytes], server.now)
  const step = finished({ ...server, core }, core, world)
  const [answer] = step.frames
  const isAmplified = step.frames.length > 1 || (answer !== undefined && answer.length > bytes.length)
  return isAmplified ? { ...step, violation: "the answer to a datagram has more bytes or datagrams than it" } : step
}

/** The core's timer fires, or the crashed server restarts. */
export const serverTimesOut = (server: Server, world: World): Step<Server> => {
  const core = copyOf(server.core)
  if (core === undefined) return { local: server, frames: [], notes: ["restarts"], violation: undefined }
  core.handleTimeout(server.now)
  return finished({ ...server, core }, core, world)
}

/** The application processes the next step of its current message. */
export const store = (server: Server, world: World): Step<Server> => {
  const reception = nextReception(server)
  if (reception === undefined) throw new Error("nothing to store")
  const others = server.receptions.slice(1)
  const { serial } = reception
  const core = copyOf(server.core)
  const stepTo = (next: Server, notes: ReadonlyArray<string>): Step<Server> =>
    core === undefined ? { local: next, frames: [], notes, violation: undefined } : finished(next, core, world, notes)
  const rest = { ...server, core, receptions: others }
  switch (reception.due) {
    case "publish": {
      const place = placeOf(reception, world, server)
      const published = [...server.published, place]
      const receptions = [{ ...reception, due: "accept" as const, since: server.now }, ...others]
      const step = stepTo({ ...server, core, receptions, published }, [`publishes message ${place + 1}`])
      // A server that restarts at once cannot detect late copies of datagrams from before the crash.
      const before = world.restartMillis > world.lateMillis ? 0 : server.publishedBefore
      const wrong = wrongPublication(published, before, server.hasCrashed)
      return { ...step, violation: step.violation ?? wrong }
    }
    case "accept":
      if (serial !== undefined) core?.accept(serial, server.now)
      return stepTo(rest, ["accepts"])
    default:
      if (serial !== undefined) core?.refuse(serial, server.now)
      return stepTo({ ...rest, hasRefused: true }, ["refuses"])
  }
}

/** The index of the message in the world; of several equal messages the first unpublished one; −1 for none. */
const placeOf = (reception: Reception, world: World, { published }: Server): number => {
  const places = world.messages.flatMap(({ content, kind, name }, place) =>
    kind === reception.kind && name === reception.name && content === reception.content ? [place] : []
  )
  return places.find((place) => !published.includes(place)) ?? places[0] ?? -1
}

const wrongPublication = (
  published: ReadonlyArray<number>,
  before: number,
  hasCrashed: boolean
): string | undefined => {
  const place = published.at(-1) ?? -1
  if (place < 0) return "the published message was never sent"
  const earlier = published.slice(before, -1)
  if (earlier.includes(place)) return `message ${place + 1} was published twice`
  // After a crash a message may be reported as delivered although the server has lost it, and arrive after the next
  // one.
  return !hasCrashed && earlier.some((other) => other > place)
    ? `message ${place + 1} was published after a later one`
    : undefined
}

const finished = (
  server: Server,
  core: Receiver,
  world: World,
  firstNotes: ReadonlyArray<string> = []
): Step<Server> => {
  const notes = firstNotes.slice()
  let receptions = server.receptions
  let violation: string | undefined
  for (let events = core.pollEvents(); events.length > 0; events = core.pollEvents()) {
    for (const event of events) {
      receptions = receptionsAfter(receptions, event, core, server, world)
      if (event._tag === "Block" && !isSent(receptions, event.serial, world)) {
        violation = "the received content was never sent"
      }
      if (event._tag !== "Block" && event._tag !== "Connected") notes.push(noteOf(event))
    }
  }
  const frames = drained((target) => core.pollTransmit(target, server.now))
  if (core.isClosed) {
    receptions = receptions.flatMap((reception) =>
      reception.due === "content" ? [] : { ...reception, serial: undefined }
    )
  }
  return { local: { ...server, core: core.isClosed ? undefined : core, receptions }, frames, notes, violation }
}

const noteOf = (event: ReceiverEvent): string => {
  if (!("serial" in event)) return event._tag
  return event._tag === "Abandoned" ? `abandoned: ${event.reason}` : event._tag
}

const receptionsAfter = (
  receptions: ReadonlyArray<Reception>,
  event: ReceiverEvent,
  core: Receiver,
  server: Server,
  world: World
): ReadonlyArray<Reception> => {
  if (!("serial" in event)) return receptions
  const { serial } = event
  const refusesAt = world.refuses?.when
  const due = (when: "opened" | "completed", otherwise: Reception["due"]): Reception["due"] =>
    refusesAt === when && world.refuses?.message === server.published.length && !server.hasRefused
      ? "refuse"
      : otherwise
  switch (event._tag) {
    case "Opened": {
      const name = Buffer.from(event.name).toString()
      const reception: Reception = {
        serial,
        kind: event.kind,
        name,
        content: "",
        due: due("opened", "content"),
        since: server.now
      }
      return [...receptions, reception]
    }
    case "Abandoned":
      return receptions.filter((reception) => reception.serial !== serial)
    case "Block": {
      core.written(serial, event.bytes.length)
      const text = Buffer.from(event.bytes).toString()
      return changed(receptions, serial, ({ content }) => ({ content: content + text }))
    }
    case "Completed":
      return changed(
        receptions,
        serial,
        (reception) => reception.due === "refuse" ? {} : { due: due("completed", "publish"), since: server.now }
      )
  }
}

const changed = (
  receptions: ReadonlyArray<Reception>,
  serial: number,
  change: (reception: Reception) => Partial<Reception>
): ReadonlyArray<Reception> =>
  receptions.map((reception) => reception.serial === serial ? { ...reception, ...change(reception) } : reception)

/** Whether the received content of the message is a prefix of a sent message. */
const isSent = (receptions: ReadonlyArray<Reception>, serial: number, world: World): boolean =>
  receptions.filter((reception) => reception.serial === serial).every((reception) =>
    world.messages.some(({ content, kind, name }) =>
      kind === reception.kind && name === reception.name && content.startsWith(reception.content)
    )
  )
