/** A way through a world for people: who, what, when. */
import type { Move, Moves } from "./Moves.ts"
import { ageOf, datagramOf, sayingOf } from "./Wire.ts"

/** One line a step; steps of time are shown by the next one's. */
export const linesOf = (
  path: ReadonlyArray<{ readonly from: { readonly bag: number }; readonly move: Move }>,
  moves: Moves
) => {
  const lines: Array<string> = []
  let now = 0
  for (const { from, move } of path) {
    now += move.millis
    if (move.kind === "time") continue
    lines.push(`${(now / 1000).toFixed(3).padStart(8)} s  ${sentence(from.bag, move, moves)}`)
  }
  return lines
}

const sentence = (bag: number, move: Move, moves: Moves): string => {
  const flying = move.place < 0 ? undefined : moves.wire.bag(bag)[move.place]
  const datagram = flying === undefined ? undefined : moves.wire.datagram(datagramOf(flying))
  const age = flying === undefined ? 0 : ageOf(flying)
  const what = datagram === undefined ? "" : `${sayingOf(datagram.bytes)}${age > 0 ? ` (${age} ms late)` : ""}`
  const taken = move.taken
  const sent = moves.wire.sent(taken?.sent ?? 0).map((number) => sayingOf(moves.wire.datagram(number).bytes)) ?? []
  const consequences = [...taken?.notes ?? [], ...sent.map((saying) => `sends ${saying}`)].join("; ")
  switch (move.kind) {
    case "lost":
      return `${"network".padEnd(8)}loses ${what} of the ${datagram?.from}`
    case "delivered":
    case "doubled":
    case "damaged": {
      const hearer = datagram?.from === "client" ? "server" : "client"
      const how = move.kind === "delivered" ? "" : move.kind === "doubled" ? " (a copy stays on its way)" : " (damaged)"
      return `${hearer.padEnd(8)}gets ${what}${how}: ${consequences === "" ? "nothing" : consequences}`
    }
    default: {
      const who = move.kind.startsWith("client") ? "client" : "server"
      const why = move.kind === "server timer" ? "timer; " : ""
      return `${who.padEnd(8)}${why}${consequences === "" ? "nothing" : consequences}`
    }
  }
}
