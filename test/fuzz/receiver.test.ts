/**
 * The receiver with any sequence of datagrams, commands and times. A script is a list of steps as text. Most steps are
 * relative to the receiver's state, so that random scripts reach deep states:
 *
 *     inf:T:0:3:17  next:4  again:0  bent:flip:70  jump:2:4  raw:00ff  kpa:13  fin:0
 *     wait:50  due:0  accept:0  refuse:1  write  leave  abort
 */
import * as FastCheck from "fast-check"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf, none } from "../protocol/classic/frames.ts"
import { datagrams, fromHex, mutated, mutations } from "./datagrams.ts"
import { ensure, fuzz } from "./fuzzing.ts"
import { ReceiverRun } from "./ReceiverRun.ts"

type Script = ReadonlyArray<string>

const play = (script: Script): void => {
  const run = new ReceiverRun()
  const sent: Array<Uint8Array> = []
  let filled = 0

  const send = (datagram: Uint8Array): void => {
    sent.push(datagram)
    run.receive(datagram)
  }
  const payload = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(++filled)
  const fragment = (jump: number, bytes: number): void => {
    const { announcement, next } = run.expected ?? { announcement: { fragmentCount: 3 }, next: 1 }
    const { fragmentCount } = announcement
    const sequenceNumber = Math.min(Math.max(next + jump, 0), Frame.maxSequenceNumber)
    send(datagramOf({ sequenceNumber, fragmentCount, fragmentSize: 17, kind: Frame.Kind.dat }, payload(bytes)))
  }
  const control = (kind: Frame.Kind, fragmentSize: number): void =>
    send(datagramOf({ sequenceNumber: 0, fragmentCount: 0, fragmentSize, kind }, none))

  const steps: Readonly<Record<string, (...words: ReadonlyArray<string>) => void>> = {
    inf: (mark = "F", names, count, size) =>
      send(datagramOf({
        sequenceNumber: Number(names),
        fragmentCount: Number(count),
        fragmentSize: Number(size),
        kind: Frame.Kind.inf
      }, Buffer.from(mark))),
    next: (bytes) => fragment(0, Number(bytes)),
    jump: (by, bytes) => fragment(Number(by), Number(bytes)),
    burst: (times, bytes) => {
      for (let time = Number(times); time > 0; time--) fragment(0, Number(bytes))
    },
    again: (back) => {
      const datagram = sent.at(-1 - Number(back))
      if (datagram !== undefined) send(datagram)
    },
    bent: (kind, amount) => {
      const datagram = sent.at(-1)
      if (datagram !== undefined) send(mutated(datagram, `${kind}:${amount}`))
    },
    raw: (hex = "") => send(fromHex(hex)),
    kpa: (size) => control(Frame.Kind.kpa, Number(size)),
    fin: (size) => control(Frame.Kind.fin, Number(size)),
    wait: (millis) => run.wait(Number(millis)),
    due: (millis) => run.wait(Math.max(0, Math.min(run.deadline, run.now + 60_000) - run.now) + Number(millis)),
    accept: (back) => run.accept(Number(back)),
    refuse: (back) => run.refuse(Number(back)),
    write: () => run.write(),
    leave: () => run.leave(),
    abort: () => run.abort()
  }
  for (const [index, step] of script.entries()) {
    const [verb = "", ...words] = step.split(":")
    ensure(steps[verb] !== undefined, `unknown step: ${step}`)
    try {
      steps[verb](...words)
      if (verb !== "wait") run.tick()
    } catch (cause) {
      throw new Error(`at step ${index}, ${step}: ${String(cause)}`, { cause })
    }
  }
}

const sizes = FastCheck.constantFrom(0, 1, 4, 5, 13, 17, 1445, 1458, 5780, 65_535)
const counts = FastCheck.oneof(
  { weight: 4, arbitrary: FastCheck.nat(4) },
  { weight: 1, arbitrary: FastCheck.constantFrom(100, 2048, Frame.maxSequenceNumber - 1, Frame.maxSequenceNumber) }
)
const bytes = FastCheck.oneof(FastCheck.nat(8), FastCheck.constantFrom(0, 255, 1024, 1445, 5780, 5781))
const back = FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constant(0) }, {
  weight: 1,
  arbitrary: FastCheck.nat(3)
})
const dialect = FastCheck.constantFrom(0, 13)
const millis = FastCheck.oneof(
  FastCheck.constantFrom(0, 0.25, 1, 999.9, 1000, 1001, 2000, 2999, 3000, 5000, 20_000, 45_000, 90_000),
  FastCheck.nat(4000)
)
/** Few different announcements, so that equal ones occur. */
const announcements = FastCheck.tuple(FastCheck.constantFrom("T", "F", "F"), counts, counts, sizes).map(
  ([mark, names, count, size]) => `inf:${mark}:${mark === "T" ? 0 : Math.min(names, count)}:${count}:${size}`
)
const weighted = (weight: number, arbitrary: FastCheck.Arbitrary<string>) => ({ weight, arbitrary })

const steps = FastCheck.oneof(
  weighted(6, announcements),
  weighted(14, bytes.map((count) => `next:${count}`)),
  weighted(
    2,
    FastCheck.tuple(FastCheck.integer({ min: -4, max: 4 }), bytes).map(([by, count]) => `jump:${by}:${count}`)
  ),
  weighted(
    1,
    FastCheck.tuple(FastCheck.nat(100), FastCheck.constantFrom(1445, 5780)).map(([n, count]) => `burst:${n}:${count}`)
  ),
  weighted(4, FastCheck.nat(6).map((n) => `again:${n}`)),
  weighted(3, mutations.map((mutation) => `bent:${mutation}`)),
  weighted(2, datagrams.map((hex) => `raw:${hex}`)),
  weighted(2, dialect.map((size) => `kpa:${size}`)),
  weighted(1, dialect.map((size) => `fin:${size}`)),
  weighted(3, millis.map((time) => `wait:${time}`)),
  weighted(3, millis.map((time) => `due:${time}`)),
  weighted(7, back.map((n) => `accept:${n}`)),
  weighted(1, back.map((n) => `refuse:${n}`)),
  weighted(3, FastCheck.constant("write")),
  weighted(1, FastCheck.constant("leave")),
  weighted(1, FastCheck.constant("abort"))
)

fuzz("a receiver", {
  corpus: "receiverScripts",
  inputs: FastCheck.array(steps, { minLength: 1, maxLength: 60, size: "max" }),
  runs: 1500,
  holds: play
})
