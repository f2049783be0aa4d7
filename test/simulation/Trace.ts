/** A run as a person reads it: one line for each datagram, when it leaves and when it comes to its end. */
import { describeFrame } from "../models/frames.ts"
import type { Direction } from "./Network.ts"

export const line = (at: number, client: number, direction: Direction, bytes: Uint8Array, fate: string): string => {
  const arrow = direction === "up" ? `client ${client} ─▶ server` : `client ${client} ◀─ server`
  return `${at.toFixed(1).padStart(10)} ms  ${arrow}  ${describeFrame(bytes).padEnd(36)} ${fate}`
}
