/**
 * The server of a world: strangers are looked at by `isOpening`, the peer's datagrams go to the production `Receiver`, and an
 * application stores, publishes and accepts, or refuses, one message after another, each of these a step of its own. What
 * was published survives a crash, nothing else does. Values, not objects that change: every step makes a new one.
 */
import { crc32 } from "node:zlib"
import { isAdmitted } from "../../../src/protocol/classic/Admission.ts"
import type { MessageKind } from "../../../src/protocol/classic/Fragments.ts"
import { Receiver } from "../../../src/protocol/classic/Receiver.ts"
import type { ReceiverEvent } from "../../../src/protocol/classic/ReceiverEvents.ts"
import { copyOf } from "./CoreCopy.ts"
import type { CoreKey } from "./CoreKey.ts"
import { drained } from "./drained.ts"
import type { Step } from "./Locals.ts"
import type { World } from "./World.ts"

/** A message that the application has been told of. */
interface Taking {
  /** Undefined when the receiver that it came from is gone. */
  readonly serial: number | undefined
  readonly kind: MessageKind
  readonly name: string
  readonly content: string
  readonly due: "content" | "publish" | "accept" | "refuse"
  /** Since when the application may go on with it. */
  readonly since: number
}

export interface Server {
  /** Undefined while the peer is a stranger. */
  readonly core: Receiver | undefined
  readonly now: number
  readonly takings: ReadonlyArray<Taking>
  /** Places of the messages that were published, in that order. */
  readonly published: ReadonlyArray<number>
  /** So many of them were published before the last crash. */
  readonly publishedBefore: number
  readonly hasRefused: boolean
  readonly hasCrashed: boolean
  /** When a crashed server is there again. */
  readonly awayUntil: number
}

export const firstServer: Server = {
  core: undefined,
  now: 0,
  takings: [],
  published: [],
  publishedBefore: 0,
  hasRefused: false,
  hasCrashed: false,
  awayUntil: 0
}

export const serverKey = (server: Server, keys: CoreKey): string => {
  const { awayUntil, core, hasCrashed, hasRefused, now, published, publishedBefore, takings } = server
  const taken = takings.map(({ content, due, kind, name, serial, since }) =>
    `${serial}:${kind}:${name}:${content}:${due}:${due === "content" ? "" : now - since}`
  )
  return `${published.join(",")}/${publishedBefore}/${hasRefused}/${hasCrashed}/${Math.max(0, awayUntil - now)}/${
    taken.join(",")
  }/${core === undefined ? "" : keys.of(core, now)}`
}

export const serverDeadline = (server: Server, world: World): number => {
  const taking = nextTaking(server)
  return Math.min(
    server.core?.deadline ?? Infinity,
    isAway(server) ? server.awayUntil : Infinity,
    taking === undefined ? Infinity : taking.since + world.storeMillis
  )
}

export const isAway = (server: Server): boolean => server.now < server.awayUntil

/** Whether it neither knows the peer nor has anything to do: a crash would change nothing. */
export const isBlank = (server: Server): boolean => server.core === undefined && server.takings.length === 0

/** The application has one message at a time in hand. */
const nextTaking = ({ takings: [taking] }: Server): Taking | undefined => taking?.due === "content" ? undefined : taking

export const mayStore = (server: Server): boolean => nextTaking(server) !== undefined

export const crashed = (server: Server, world: World): Step<Server> => ({
  local: {
    ...firstServer,
    now: server.now,
    published: server.published,
    publishedBefore: server.published.length,
    hasRefused: server.hasRefused,
    hasCrashed: true,
    awayUntil: server.now + world.restartMillis
  },
  frames: [],
  notes: ["crashes"],
  violation: undefined
})

export const serverHears = (server: Server, bytes: Uint8Array, world: World): Step<Server> => {
  const ignored = { local: server, frames: [], notes: [], violation: undefined }
  if (isAway(server) || (server.core === undefined && !isAdmitted(bytes, crc32))) return ignored
  const core = copyOf(server.core) ?? new Receiver({ crc32, timing: world.timing }, server.now)
  core.handleDatagrams([bytes], server.now)
  const step = finished({ ...server, core }, core, world)
  const [answer] = step.frames
  const isAmplified = step.frames.length > 1 || (answer !== undefined && answer.length > bytes.length)
  return isAmplified ? { ...step, violation: "a datagram was answered by more than came" } : step
}

export const serverTimesOut = (server: Server, world: World): Step<Server> => {
  const core = copyOf(server.core)
  if (core === undefined) return { local: server, frames: [], notes: ["is there again"], violation: undefined }
  core.handleTimeout(server.now)
  return finished({ ...server, core }, core, world)
}

/** The application goes on with the message in hand. */
export const store = (server: Server, world: World): Step<Server> => {
  const taking = nextTaking(server)
  if (taking === undefined) throw new Error("nothing to store")
  const others = server.takings.slice(1)
  const { serial } = taking
  const core = copyOf(server.core)
  const told = (next: Server, notes: ReadonlyArray<string>): Step<Server> =>
    core === undefined ? { local: next, frames: [], notes, violation: undefined } : finished(next, core, world, notes)
  const rest = { ...server, core, takings: others }
  switch (taking.due) {
    case "publish": {
      const place = placeOf(taking, world, server)
      const published = [...server.published, place]
      const takings = [{ ...taking, due: "accept" as const, since: server.now }, ...others]
      const step = told({ ...server, core, takings, published }, [`publishes message ${place + 1}`])
      // A server that is back at once has forgotten what its peer's late datagrams are copies of.
      const before = world.restartMillis > world.lateMillis ? 0 : server.publishedBefore
      const wrong = wrongPublication(published, before, server.hasCrashed)
      return { ...step, violation: step.violation ?? wrong }
    }
    case "accept":
      if (serial !== undefined) core?.accept(serial, server.now)
      return told(rest, ["accepts"])
    default:
      if (serial !== undefined) core?.refuse(serial, server.now)
      return told({ ...rest, hasRefused: true }, ["refuses"])
  }
}

/** Which message of the world it is: the first that has not been published, if several are alike; −1 for none. */
const placeOf = (taking: Taking, world: World, { published }: Server): number => {
  const places = world.messages.flatMap(({ content, kind, name }, place) =>
    kind === taking.kind && name === taking.name && content === taking.content ? [place] : []
  )
  return places.find((place) => !published.includes(place)) ?? places[0] ?? -1
}

const wrongPublication = (
  published: ReadonlyArray<number>,
  before: number,
  hasCrashed: boolean
): string | undefined => {
  const place = published.at(-1) ?? -1
  if (place < 0) return "something was published that nobody sent"
  const earlier = published.slice(before, -1)
  if (earlier.includes(place)) return `message ${place + 1} was published twice`
  // To its sender a message may seem delivered because the server has forgotten it, and arrive behind the next one.
  return !hasCrashed && earlier.some((other) => other > place)
    ? `message ${place + 1} was published after a later one`
    : undefined
}

const finished = (
  server: Server,
  core: Receiver,
  world: World,
  told: ReadonlyArray<string> = []
): Step<Server> => {
  const notes = told.slice()
  let takings = server.takings
  let violation: string | undefined
  for (let events = core.pollEvents(); events.length > 0; events = core.pollEvents()) {
    for (const event of events) {
      takings = takingsAfter(takings, event, core, server, world)
      if (event._tag === "Block" && !isSent(takings, event.serial, world)) {
        violation = "content arrived that nobody sent"
      }
      if (event._tag !== "Block" && event._tag !== "Connected") notes.push(saying(event))
    }
  }
  const frames = drained((target) => core.pollTransmit(target, server.now))
  if (core.isClosed) {
    takings = takings.flatMap((taking) => taking.due === "content" ? [] : { ...taking, serial: undefined })
  }
  return { local: { ...server, core: core.isClosed ? undefined : core, takings }, frames, notes, violation }
}

const saying = (event: ReceiverEvent): string => {
  const name = event._tag.toLowerCase()
  return event._tag === "Abandoned" ? `${name}: ${event.reason}` : name
}

const takingsAfter = (
  takings: ReadonlyArray<Taking>,
  event: ReceiverEvent,
  core: Receiver,
  server: Server,
  world: World
): ReadonlyArray<Taking> => {
  if (!("serial" in event)) return takings
  const { serial } = event
  const refusesAt = world.refuses?.when
  const due = (when: "opened" | "completed", otherwise: Taking["due"]): Taking["due"] =>
    refusesAt === when && world.refuses?.message === server.published.length && !server.hasRefused
      ? "refuse"
      : otherwise
  switch (event._tag) {
    case "Opened": {
      const name = Buffer.from(event.name).toString()
      const taking: Taking = {
        serial,
        kind: event.kind,
        name,
        content: "",
        due: due("opened", "content"),
        since: server.now
      }
      return [...takings, taking]
    }
    case "Abandoned":
      return takings.filter((taking) => taking.serial !== serial)
    case "Block": {
      core.written(serial, event.bytes.length)
      const text = Buffer.from(event.bytes).toString()
      return changed(takings, serial, ({ content }) => ({ content: content + text }))
    }
    case "Completed":
      return changed(
        takings,
        serial,
        (taking) => taking.due === "refuse" ? {} : { due: due("completed", "publish"), since: server.now }
      )
  }
}

const changed = (
  takings: ReadonlyArray<Taking>,
  serial: number,
  change: (taking: Taking) => Partial<Taking>
): ReadonlyArray<Taking> =>
  takings.map((taking) => taking.serial === serial ? { ...taking, ...change(taking) } : taking)

/** Whether what has arrived of this message is the beginning of one that was sent. */
const isSent = (takings: ReadonlyArray<Taking>, serial: number, world: World): boolean =>
  takings.filter((taking) => taking.serial === serial).every((taking) =>
    world.messages.some(({ content, kind, name }) =>
      kind === taking.kind && name === taking.name && content.startsWith(taking.content)
    )
  )
