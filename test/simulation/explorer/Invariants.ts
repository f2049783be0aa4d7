/** The invariants of every world: after each transition, and in each final state. */
import { isClientDone } from "./Client.ts"
import type { Move, Moves, State } from "./Moves.ts"
import { isInitial } from "./Server.ts"

/**
 * The maximum number of datagrams in flight, more than any world needs: two copies a second of each frame and answer.
 */
const maxInFlight = 24

/** The violation of a transition; undefined if there is none. */
export const violationOf = (move: Move, before: State, moves: Moves): string | undefined => {
  if (move.taken?.violation !== undefined) return move.taken.violation
  if (moves.wire.bag(move.bag).length > maxInFlight) return `more than ${maxInFlight} datagrams are in flight`
  if (move.client === before.client || move.kind === "time") return undefined
  const { outcomes } = moves.clients.at(move.client)
  const known = moves.clients.at(before.client).outcomes
  const server = moves.servers.at(move.server)
  const isUndisturbed = !server.hasCrashed && !server.hasRefused
  for (const [place, outcome] of outcomes.entries()) {
    if (outcome === undefined || outcome === known[place]) continue
    const message = `message ${place + 1}`
    const isPublished = server.published.includes(place)
    if (outcome === "confirmed" && !isPublished) return `${message} is confirmed, but not published`
    if (outcome === "unconfirmed" && !isPublished && !server.hasCrashed) {
      return `${message} is delivered unconfirmed, but not published, and the server has not crashed`
    }
    if (outcome === "declined" && !server.hasRefused) return `${message} is declined, but the server has not refused it`
    if ((outcome === "lost" || outcome === "ended") && isUndisturbed) return `${message} is ${outcome} without a reason`
  }
  return undefined
}

/** The violation of a final state; undefined if there is none. */
export const violationAtEnd = (state: State, moves: Moves): string | undefined => {
  const { wire, world } = moves
  const client = moves.clients.at(state.client)
  const server = moves.servers.at(state.server)
  if (wire.bag(state.bag).length > 0) return "no transition is possible, but a datagram is in flight"
  if (!isClientDone(client, world)) {
    return "no transition is possible, but a message has no outcome or the client has not left"
  }
  if (client.core.deadline < Infinity) return "no transition is possible, but the client waits for a timer"
  if (!isInitial(server)) return "no transition is possible, but the server remembers the peer or processes a message"
  if (server.hasCrashed || server.hasRefused) return undefined
  const isAll = server.published.length === world.messages.length
  return isAll && client.outcomes.every((outcome) => outcome === "confirmed" || outcome === "unconfirmed")
    ? undefined
    : "a message was not delivered, although there was no crash and no refusal"
}
