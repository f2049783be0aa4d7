import { describe, expect, it } from "vitest"
import { close, log, type Output, record } from "../../src/apps/App.ts"
import * as Journal from "../../src/conversation/Journal.ts"
import { RecordQueue } from "../../src/conversation/RecordQueue.ts"
import type { LoggedEvent } from "../../src/protocol/conversation/LoggedEvent.ts"

const event = (n: number) => record({ author: "ala@a", device: "d", n, kind: "said", body: { text: String(n) } })
const lines = (...texts: ReadonlyArray<string>) => texts.map(log)

/** A queue over a log that is written when the test says so; what happens is noted. */
const stage = () => {
  const seen: Array<string> = []
  const memory = Journal.inMemory("hall", "local", "0")
  const writes: Array<(fails?: string) => void> = []
  const answers: Array<Output> = []
  const queue: RecordQueue = new RecordQueue({
    journal: {
      ...memory,
      append: (drafts, time, done) => {
        seen.push(`append ${drafts.map(({ n }) => n).join(" ")}`)
        writes.push((reason) => reason === undefined ? memory.append(drafts, time, done) : done(reason))
      }
    },
    now: () => 0,
    perform: (output) => void seen.push(output._tag === "Log" ? output.text : output._tag),
    later: (step) => step(),
    onRecorded: ({ n }: LoggedEvent) => {
      seen.push(`recorded ${n}`)
      queue.put([...answers, log(`told ${n}`)], undefined, true)
    },
    onFailure: (reason) => void seen.push(`failed: ${reason}`)
  })
  const write = (reason?: string) => {
    writes.shift()?.(reason)
    queue.append()
    return seen.splice(0)
  }
  const put = (...outputs: ReadonlyArray<Output>) => {
    queue.put(outputs, undefined)
    queue.append()
    return seen.splice(0)
  }
  return { queue, put, write, answers }
}

describe("what an app records", () => {
  it("is durable before the outputs after it, in the same turn and in later ones", () => {
    const { put, write } = stage()
    expect(put(...lines("before"), event(1), ...lines("after"))).toEqual(["before", "append 1"])
    expect(put(log("later"), close(1))).toEqual([])
    expect(write()).toEqual(["after", "later", "Close", "recorded 1", "told 1"])
    expect(put(log("free"))).toEqual(["free"])
  })

  it("is appended in batches: all that came while the log was busy", () => {
    const { put, write } = stage()
    expect(put(event(1), event(2), log("a"))).toEqual(["append 1 2"])
    expect([put(event(3), log("b")), put(event(4), log("c"))]).toEqual([[], []])
    expect(write()).toEqual(["recorded 1", "told 1", "a", "recorded 2", "told 2", "append 3 4"])
    expect(write()).toEqual(["b", "recorded 3", "told 3", "c", "recorded 4", "told 4"])
  })

  it("does not hold back what is told of durable events, unless that turn records", () => {
    const { answers, put, write } = stage()
    put(event(1))
    put(event(2))
    answers.push(log("reply"), event(9))
    expect(write()).toEqual(["recorded 1", "reply", "append 2 9"])
    answers.splice(0)
    expect(write()).toEqual(["recorded 2", "told 2", "told 1", "recorded 9", "told 9"])
  })

  it("is lost when the log fails, with all outputs that wait for it", () => {
    const { put, queue, write } = stage()
    put(event(1), log("a"))
    put(event(2), log("b"))
    expect(write("the disk is full")).toEqual(["failed: the disk is full"])
    expect([put(event(3), log("c")), queue.hasFailed]).toEqual([[], true])
  })

  it("is a defect of the app in a room without a log", () => {
    const queue = new RecordQueue({
      journal: undefined,
      now: () => 0,
      perform: () => undefined,
      later: (step) => step(),
      onRecorded: () => undefined,
      onFailure: () => undefined
    })
    expect(() => queue.put([event(1)], undefined)).toThrow("no log")
  })
})
