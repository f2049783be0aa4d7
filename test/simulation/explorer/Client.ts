/**
 * The client of a world: the production `Sender`, and an application that sends the world's messages one after another
 * and then leaves. A client is an immutable value: every step creates a new one.
 */
import { crc32 } from "node:zlib"
import * as Fragments from "../../../src/protocol/classic/Fragments.ts"
import { Sender, type SenderEvent } from "../../../src/protocol/classic/Sender.ts"
import { copyOf } from "./CoreCopy.ts"
import type { CoreKey } from "./CoreKey.ts"

import { drained } from "./drained.ts"
import type { Step } from "./SideStates.ts"
import { found } from "./Wire.ts"
import type { Outcome, World, WorldMessage } from "./World.ts"

/** A state of the client. */
export interface Client {
  readonly core: Sender
  readonly now: number
  /** The outcomes of the started messages, in order; undefined for the message in progress. */
  readonly outcomes: ReadonlyArray<Outcome | undefined>
  readonly hasLeft: boolean
  /** The time from which the application is idle and may act; undefined while it is not idle. */
  readonly idleSince: number | undefined
}

/** The state at the beginning. */
export const firstClient = (world: World): Client => ({
  core: new Sender({ crc32, dialect: "frame", timing: world.timing }, 0),
  now: 0,
  outcomes: [],
  hasLeft: false,
  idleSince: 0
})

/** The key of a state: clients with equal keys behave identically. */
export const clientKey = (client: Client, keys: CoreKey): string => {
  const { core, hasLeft, now, outcomes, idleSince } = client
  const idleMillis = idleSince === undefined ? "" : now - idleSince
  // A closed core neither receives nor sends and has no deadline.
  return `${outcomes.join(",")}/${hasLeft}/${idleMillis}/${core.isClosed ? "" : keys.of(core, now)}`
}

/** The latest time of the next action of the core or the application in milliseconds; Infinity for never. */
export const clientDeadline = (client: Client, world: World): number =>
  Math.min(client.core.deadline, client.idleSince === undefined ? Infinity : actionDeadline(client, world))

/** Whether the application may begin a message or leave. */
export const mayAct = (client: Client, world: World): boolean =>
  client.idleSince !== undefined && client.now >= client.idleSince + minIdleMillis(client, world)

/** Whether every message has an outcome and the connection is closed. */
export const isClientDone = (client: Client, world: World): boolean =>
  client.core.isClosed && client.outcomes.length === world.messages.length &&
  client.outcomes.every((outcome) => outcome !== undefined)

const isLast = (client: Client, world: World): boolean => client.outcomes.length === world.messages.length
const minIdleMillis = (client: Client, world: World): number =>
  client.outcomes.length === 0 || isLast(client, world) ? 0 : world.restMillis[0]
const actionDeadline = (client: Client, world: World): number => {
  const most = isLast(client, world) ? world.stayMillis : client.outcomes.length === 0 ? 0 : world.restMillis[1]
  return (client.idleSince ?? client.now) + most
}

/** The application begins its next message, or leaves. */
export const act = (client: Client, world: World): Step<Client> => {
  const core = copyOf(client.core)
  const message = world.messages[client.outcomes.length]
  if (message === undefined) {
    core.leave()
    return finished({ ...client, core, hasLeft: true, idleSince: undefined }, world, "leaves")
  }
  const plan = planOf(client, world, message)
  const name = plan.nameFragments === 0 ? [] : Fragments.cut(plan.name, plan.fragmentSize)
  core.announce(plan, name, client.now)
  const outcomes = [...client.outcomes, undefined]
  return finished({ ...client, core, outcomes, idleSince: undefined }, world, `begins message ${outcomes.length}`)
}

/** The core receives a datagram. */
export const clientReceives = (client: Client, bytes: Uint8Array, world: World): Step<Client> => {
  const core = copyOf(client.core)
  core.handleDatagrams([bytes], client.now)
  return finished({ ...client, core }, world, "")
}

/** The core's timer fires. */
export const clientTimesOut = (client: Client, world: World): Step<Client> => {
  const core = copyOf(client.core)
  core.handleTimeout(client.now)
  return finished({ ...client, core }, world, "timer")
}

const encoder = new TextEncoder()

/** The plan as `ClassicConnection` makes it: different from the previous message's plan where possible. */
const planOf = (client: Client, world: World, message: WorldMessage): Fragments.Plan => {
  const plans: Array<Fragments.Plan> = []
  for (const { content, fragmentSize, kind, name } of [...world.messages.slice(0, client.outcomes.length), message]) {
    const bytes = encoder.encode(content).length
    const planned = Fragments.planAfter(plans, kind, encoder.encode(name), bytes, fragmentSize)
    if ("_tag" in planned) throw new Error(planned._tag)
    plans.push(Object.freeze(planned))
  }
  return found(plans.at(-1))
}

const outcomeOf = (event: SenderEvent): Outcome | undefined => {
  switch (event._tag) {
    case "Connected":
      return undefined
    case "Delivered":
      return event.confirmed ? "confirmed" : "unconfirmed"
    case "Declined":
      return "declined"
    case "Ended":
      return "ended"
    case "Lost":
      return "lost"
  }
}

const finished = (client: Client, world: World, what: string): Step<Client> => {
  const { core, now } = client
  const message = world.messages[client.outcomes.length - 1]
  if (core.wantsContent && message !== undefined) {
    core.offer(Fragments.cut(encoder.encode(message.content), planSize(client, world, message)), now)
  }
  const frames = drained((target) => core.pollTransmit(target, now))
  const outcomes = client.outcomes.slice()
  const notes: Array<string> = what === "" ? [] : [what]
  for (const event of core.pollEvents()) {
    const outcome = outcomeOf(event)
    if (outcome === undefined) continue
    notes.push(`message ${outcomes.length}: ${outcome}`)
    const isUnderWay = outcomes.length > 0 && outcomes.at(-1) === undefined
    if (isUnderWay) outcomes[outcomes.length - 1] = outcome
  }
  // Messages that were not started when the connection ended are never started.
  while (core.isClosed && outcomes.length < world.messages.length) outcomes.push("ended")
  const isIdle = !core.isClosed && outcomes.every((outcome) => outcome !== undefined)
  const idleSince = isIdle ? client.idleSince ?? now : undefined
  return {
    local: { ...client, outcomes, idleSince },
    frames,
    notes,
    // One event may cause at most a DAT with its probe.
    violation: frames.length > 2 ? `the client sent ${frames.length} datagrams at once` : undefined
  }
}

const planSize = (client: Client, world: World, message: WorldMessage): number =>
  planOf({ ...client, outcomes: client.outcomes.slice(0, -1) }, world, message).fragmentSize
