/** Formats a path through a world's states as text. */
import type { Move, Moves } from "./Moves.ts"
import { ageOf, datagramOf, describe } from "./Wire.ts"

/** One line for each transition with its time. Transitions of kind "time" have no line of their own. */
export const linesOf = (
  path: ReadonlyArray<{ readonly from: { readonly bag: number }; readonly move: Move }>,
  moves: Moves
) => {
  const lines: Array<string> = []
  let now = 0
  for (const { from, move } of path) {
    now += move.millis
    if (move.kind === "time") continue
    lines.push(`${(now / 1000).toFixed(3).padStart(8)} s  ${describeMove(from.bag, move, moves)}`)
  }
  return lines
}

const describeMove = (bag: number, move: Move, moves: Moves): string => {
  const inFlight = move.place < 0 ? undefined : moves.wire.bag(bag)[move.place]
  const datagram = inFlight === undefined ? undefined : moves.wire.datagram(datagramOf(inFlight))
  const age = inFlight === undefined ? 0 : ageOf(inFlight)
  const what = datagram === undefined ? "" : `${describe(datagram.bytes)}${age > 0 ? ` (${age} ms late)` : ""}`
  const taken = move.taken
  const sent = moves.wire.sent(taken?.sent ?? 0).map((number) => describe(moves.wire.datagram(number).bytes)) ?? []
  const consequences = [...taken?.notes ?? [], ...sent.map((frame) => `sends ${frame}`)].join("; ")
  switch (move.kind) {
    case "lost":
      return `${"network".padEnd(8)}loses ${what} of the ${datagram?.from}`
    case "delivered":
    case "doubled":
    case "damaged": {
      const receiver = datagram?.from === "client" ? "server" : "client"
      const how = move.kind === "delivered" ? "" : move.kind === "doubled" ? " (a copy stays in flight)" : " (damaged)"
      return `${receiver.padEnd(8)}receives ${what}${how}: ${consequences === "" ? "nothing" : consequences}`
    }
    default: {
      const side = move.kind.startsWith("client") ? "client" : "server"
      const cause = move.kind === "server timer" ? "timer; " : ""
      return `${side.padEnd(8)}${cause}${consequences === "" ? "nothing" : consequences}`
    }
  }
}
