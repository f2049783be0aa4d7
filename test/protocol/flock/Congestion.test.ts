import { expect, it } from "vitest"
import { initialWindowBytes, sendQuantumBytes } from "../../../src/protocol/flock/Congestion.ts"

it.each([[1200, 12_000], [1472, 14_720], [1500, 14_720], [8900, 17_800], [65_507, 131_014]])(
  "begins with ten datagrams of %i bytes, in the bounds of RFC 9002 §7.2",
  (datagramBytes, windowBytes) => expect(initialWindowBytes(datagramBytes)).toBe(windowBytes)
)

it.each([
  [10, 1200, 2400],
  [20_000, 1200, 20_000],
  [1e6, 1000, 64_000],
  [1e6, 1472, 65_507],
  [Infinity, 1200, 65_507],
  [1, 65_507, 131_014]
])(
  "at %d bytes a millisecond in datagrams of %i a quantum is %i bytes",
  (rate, datagramBytes, quantumBytes) => expect(sendQuantumBytes(rate, datagramBytes)).toBe(quantumBytes)
)
