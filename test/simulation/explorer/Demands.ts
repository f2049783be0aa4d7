/** What must hold in every world: after each step, and where nothing more can happen. */
import { isClientDone } from "./Client.ts"
import type { Move, Moves, State } from "./Moves.ts"
import { isBlank } from "./Server.ts"

/** More than any world needs: two copies a second of each of its frames and of their answers. */
const mostOnTheWay = 24

/** What is wrong with a step, or undefined. */
export const brokenBy = (move: Move, before: State, moves: Moves): string | undefined => {
  if (move.taken?.violation !== undefined) return move.taken.violation
  if (moves.wire.bag(move.bag).length > mostOnTheWay) return `more than ${mostOnTheWay} datagrams are on their way`
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
    if (outcome === "declined" && !server.hasRefused) return `${message} is declined, but nobody refused`
    if ((outcome === "lost" || outcome === "ended") && isUndisturbed) return `${message} is ${outcome} without a reason`
  }
  return undefined
}

/** What is wrong with a state after which nothing can happen, or undefined. */
export const brokenAtEnd = (state: State, moves: Moves): string | undefined => {
  const { wire, world } = moves
  const client = moves.clients.at(state.client)
  const server = moves.servers.at(state.server)
  if (wire.bag(state.bag).length > 0) return "nothing can happen, but a datagram is on its way"
  if (!isClientDone(client, world)) return "nothing can happen, but a message is undecided or the client has not left"
  if (client.core.deadline < Infinity) return "nothing can happen, but the client waits for a timer"
  if (!isBlank(server)) return "nothing can happen, but the server remembers the peer or has a message in hand"
  if (server.hasCrashed || server.hasRefused) return undefined
  const isAll = server.published.length === world.messages.length
  return isAll && client.outcomes.every((outcome) => outcome === "confirmed" || outcome === "unconfirmed")
    ? undefined
    : "a message is missing, though nothing crashed and nobody refused"
}
