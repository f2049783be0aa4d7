/** Formats the trace of a run: one line when a datagram is sent, and one when it arrives or is dropped. */
import type { Direction } from "./Network.ts"

/** One line of the trace. `what` describes the datagram, `at` is in milliseconds. */
export const line = (what: string, at: number, client: number, direction: Direction, status: string): string => {
  const arrow = direction === "up" ? `client ${client} ─▶ server` : `client ${client} ◀─ server`
  return `${at.toFixed(1).padStart(10)} ms  ${arrow}  ${what.padEnd(36)} ${status}`
}
