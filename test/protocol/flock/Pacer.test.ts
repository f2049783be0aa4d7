import { expect, it } from "vitest"
import { Pacer } from "../../../src/protocol/flock/Pacer.ts"

const rate = 100
const quantum = 1000

it("lets the first burst go at once and gathers the rest at its rate", () => {
  const pacer = new Pacer(3000, 0)
  expect(pacer.allowance(rate, 5000, 0)).toBe(3000)
  pacer.onSent(3000)
  expect([pacer.allowance(rate, quantum, 0), pacer.allowance(rate, quantum, 4)]).toEqual([0, 400])
})

it("tells when a quantum may go", () => {
  const pacer = new Pacer(0, 0)
  expect(pacer.dueAt(rate, quantum)).toBe(10)
  pacer.allowance(rate, quantum, 4)
  expect(pacer.dueAt(rate, quantum)).toBe(10)
  pacer.onSent(1200)
  expect(pacer.dueAt(rate, quantum)).toBe(22)
  pacer.allowance(rate, quantum, 30)
  expect(pacer.dueAt(rate, quantum)).toBe(30)
})

it("does not catch up on a pause: a quantum, or two milliseconds where that is more", () => {
  const pacer = new Pacer(0, 0)
  expect(pacer.allowance(rate, quantum, 60_000)).toBe(1000)
  expect(pacer.allowance(10_000, quantum, 120_000)).toBe(20_000)
})

it("holds nothing back where the window sets the pace", () => {
  const pacer = new Pacer(0, 0)
  expect([pacer.allowance(Infinity, quantum, 0), pacer.dueAt(Infinity, quantum)]).toEqual([Infinity, 0])
})
