import { expect, it } from "vitest"
import { Pacer } from "../../../../src/protocol/flock/congestion/Pacer.ts"

const rate = 100
const quantum = 1000
const late = 2

it("allows the first burst at once and accumulates the rest at its rate", () => {
  const pacer = new Pacer(3000, 0)
  expect(pacer.allowance(rate, 5000, late, 0)).toBe(3000)
  pacer.onSent(3000)
  expect([pacer.allowance(rate, quantum, late, 0), pacer.allowance(rate, quantum, late, 4)]).toEqual([0, 400])
})

it("returns when a quantum may be sent", () => {
  const pacer = new Pacer(0, 0)
  expect(pacer.dueAt(rate, quantum)).toBe(10)
  pacer.allowance(rate, quantum, late, 4)
  expect(pacer.dueAt(rate, quantum)).toBe(10)
  pacer.onSent(1200)
  expect(pacer.dueAt(rate, quantum)).toBe(22)
  pacer.allowance(rate, quantum, late, 30)
  expect(pacer.dueAt(rate, quantum)).toBe(30)
})

it("does not make up for a pause: allows a quantum, or the credit of the maximum timer delay if that is more", () => {
  const pacer = new Pacer(0, 0)
  expect(pacer.allowance(rate, quantum, late, 60_000)).toBe(1000)
  expect(pacer.allowance(10_000, quantum, late, 120_000)).toBe(20_000)
})

it("allows everything when only the window limits the rate", () => {
  const pacer = new Pacer(0, 0)
  expect([pacer.allowance(Infinity, quantum, late, 0), pacer.dueAt(Infinity, quantum)]).toEqual([Infinity, 0])
})

it("begins again with a burst after a restart", () => {
  const pacer = new Pacer(0, 0)
  pacer.onSent(5000)
  pacer.restart(3000, 10)
  expect([pacer.allowance(rate, 4000, late, 10), pacer.dueAt(rate, 4000)]).toEqual([3000, 20])
})
