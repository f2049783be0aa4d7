/**
 * The client of a world: the production `Sender` and an application that sends the world's messages one after another
 * and then leaves. Values, not objects that change: every step makes a new one.
 */
import { crc32 } from "node:zlib"
import * as Fragments from "../../../src/protocol/classic/Fragments.ts"
import { Sender, type SenderEvent } from "../../../src/protocol/classic/Sender.ts"
import { copyOf } from "./CoreCopy.ts"
import type { CoreKey } from "./CoreKey.ts"

import { drained } from "./drained.ts"
import type { Step } from "./Locals.ts"
import { found } from "./Wire.ts"
import type { Outcome, World, WorldMessage } from "./World.ts"

export interface Client {
  readonly core: Sender
  readonly now: number
  /** Of the messages that were begun, in their order; undefined for the one under way. */
  readonly outcomes: ReadonlyArray<Outcome | undefined>
  readonly hasLeft: boolean
  /** Since when the application may act, while it may. */
  readonly restingSince: number | undefined
}

export const firstClient = (world: World): Client => ({
  core: new Sender({ crc32, dialect: "frame", timing: world.timing }, 0),
  now: 0,
  outcomes: [],
  hasLeft: false,
  restingSince: 0
})

export const clientKey = (client: Client, keys: CoreKey): string => {
  const { core, hasLeft, now, outcomes, restingSince } = client
  const rest = restingSince === undefined ? "" : now - restingSince
  // A closed core hears nothing, says nothing and has no deadline.
  return `${outcomes.join(",")}/${hasLeft}/${rest}/${core.isClosed ? "" : keys.of(core, now)}`
}

/** When its core or its application must act at the latest; Infinity for never. */
export const clientDeadline = (client: Client, world: World): number =>
  Math.min(client.core.deadline, client.restingSince === undefined ? Infinity : latestAct(client, world))

export const mayAct = (client: Client, world: World): boolean =>
  client.restingSince !== undefined && client.now >= client.restingSince + leastRest(client, world)

/** Whether every message has its outcome and the connection is over. */
export const isClientDone = (client: Client, world: World): boolean =>
  client.core.isClosed && client.outcomes.length === world.messages.length &&
  client.outcomes.every((outcome) => outcome !== undefined)

const isLast = (client: Client, world: World): boolean => client.outcomes.length === world.messages.length
const leastRest = (client: Client, world: World): number =>
  client.outcomes.length === 0 || isLast(client, world) ? 0 : world.restMillis[0]
const latestAct = (client: Client, world: World): number => {
  const most = isLast(client, world) ? world.stayMillis : client.outcomes.length === 0 ? 0 : world.restMillis[1]
  return (client.restingSince ?? client.now) + most
}

/** The application begins its next message, or leaves. */
export const act = (client: Client, world: World): Step<Client> => {
  const core = copyOf(client.core)
  const message = world.messages[client.outcomes.length]
  if (message === undefined) {
    core.leave()
    return finished({ ...client, core, hasLeft: true, restingSince: undefined }, world, "leaves")
  }
  const plan = planOf(client, world, message)
  const name = plan.nameFragments === 0 ? [] : Fragments.cut(plan.name, plan.fragmentSize)
  core.announce(plan, name, client.now)
  const outcomes = [...client.outcomes, undefined]
  return finished({ ...client, core, outcomes, restingSince: undefined }, world, `begins message ${outcomes.length}`)
}

export const clientHears = (client: Client, bytes: Uint8Array, world: World): Step<Client> => {
  const core = copyOf(client.core)
  core.handleDatagrams([bytes], client.now)
  return finished({ ...client, core }, world, "")
}

export const clientTimesOut = (client: Client, world: World): Step<Client> => {
  const core = copyOf(client.core)
  core.handleTimeout(client.now)
  return finished({ ...client, core }, world, "timer")
}

const encoder = new TextEncoder()

/** As `Connection` plans it: different from the message before where it can be. */
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
  if (core.isWanting && message !== undefined) {
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
  // What was not begun when the connection ended never will be.
  while (core.isClosed && outcomes.length < world.messages.length) outcomes.push("ended")
  const isIdle = !core.isClosed && outcomes.every((outcome) => outcome !== undefined)
  const restingSince = isIdle ? client.restingSince ?? now : undefined
  return {
    local: { ...client, outcomes, restingSince },
    frames,
    notes,
    // A DAT with its probe is the most that one event may call for.
    violation: frames.length > 2 ? `the client sent ${frames.length} datagrams at once` : undefined
  }
}

const planSize = (client: Client, world: World, message: WorldMessage): number =>
  planOf({ ...client, outcomes: client.outcomes.slice(0, -1) }, world, message).fragmentSize
