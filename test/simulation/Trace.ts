/** A run as a person reads it: one line for each datagram, when it leaves and when it comes to its end. */
import type { Direction } from "./Network.ts"

/** `what` tells what the datagram is. */
export const line = (what: string, at: number, client: number, direction: Direction, fate: string): string => {
  const arrow = direction === "up" ? `client ${client} ─▶ server` : `client ${client} ◀─ server`
  return `${at.toFixed(1).padStart(10)} ms  ${arrow}  ${what.padEnd(36)} ${fate}`
}
