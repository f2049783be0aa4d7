/**
 * The sender with any sequence of answers, commands and times. A script is a dialect and a list of steps as text. Most
 * steps are relative to the frames that the sender has sent:
 *
 *     announce:file:5:100:13  offer:2  ack:0  bare:1  nack:0  alive:13  busy:0  fin:13  raw:00ff  again:0  bent:cut:1
 *     wait:50  due:0  probe  leave  abandon
 */
import * as FastCheck from "fast-check"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf, none } from "../protocol/classic/frames.ts"
import { datagrams, fromHex, mutated, mutations } from "./datagrams.ts"
import { ensure, fuzz } from "./fuzzing.ts"
import { SenderRun } from "./SenderRun.ts"

interface Script {
  readonly dialect: Frame.Dialect
  readonly steps: ReadonlyArray<string>
}

const { ack, fin, inf, nack } = Frame.Kind

const play = ({ dialect, steps: script }: Script): void => {
  const run = new SenderRun(dialect)
  const answers: Array<Uint8Array> = []
  const receive = (datagram: Uint8Array): void => {
    answers.push(datagram)
    run.receive(datagram)
  }
  const answer = (kind: Frame.Kind, back: string | undefined, hasData: boolean): void => {
    const frame = run.sent.at(-1 - Number(back))
    if (frame === undefined) return
    const payload = hasData && frame.kind === inf ? frame.payload : none
    receive(datagramOf({ ...frame, kind }, payload))
  }
  const control = (kind: Frame.Kind, size: string | undefined): void =>
    receive(datagramOf({ sequenceNumber: 0, fragmentCount: 0, fragmentSize: Number(size), kind }, none))

  const steps: Readonly<Record<string, (...words: ReadonlyArray<string>) => void>> = {
    announce: (kind, name, content, size) =>
      run.announce(kind === "text" ? "text" : "file", Number(name), Number(content), Number(size)),
    offer: (fragments) => run.offer(Number(fragments)),
    ack: (back) => answer(ack, back, true),
    bare: (back) => answer(ack, back, false),
    nack: (back) => answer(nack, back, false),
    alive: (size) => control(ack, size),
    busy: (size) => control(nack, size),
    fin: (size) => control(fin, size),
    raw: (hex = "") => receive(fromHex(hex)),
    again: (back) => {
      const datagram = answers.at(-1 - Number(back))
      if (datagram !== undefined) receive(datagram)
    },
    bent: (kind, amount) => {
      const datagram = answers.at(-1)
      if (datagram !== undefined) receive(mutated(datagram, `${kind}:${amount}`))
    },
    wait: (millis) => run.wait(Number(millis)),
    due: (millis) => run.wait(Math.max(0, Math.min(run.deadline, run.now + 60_000) - run.now) + Number(millis)),
    probe: () => run.probe(),
    leave: () => run.leave(),
    abandon: () => run.abandon()
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

const millis = FastCheck.oneof(
  FastCheck.constantFrom(0, 0.25, 20, 250, 999.9, 1000, 1001, 2000, 5000, 20_000, 45_000, 90_000),
  FastCheck.nat(4000)
)
const announcements = FastCheck.tuple(
  FastCheck.constantFrom("text", "file"),
  FastCheck.constantFrom(1, 5, 13, 26),
  FastCheck.oneof(FastCheck.nat(40), FastCheck.constantFrom(0, 13, 1445, 5000)),
  FastCheck.constantFrom(1, 5, 13, 14, 64, 65, 1445, 1446)
).map((words) => `announce:${words.join(":")}`)
const back = FastCheck.oneof({ weight: 5, arbitrary: FastCheck.constant(0) }, {
  weight: 1,
  arbitrary: FastCheck.nat(3)
})
const dialects = FastCheck.constantFrom(0, 13)
const weighted = (weight: number, arbitrary: FastCheck.Arbitrary<string>) => ({ weight, arbitrary })

const steps = FastCheck.oneof(
  weighted(8, announcements),
  weighted(8, FastCheck.constantFrom(0, 1, 2, 40).map((fragments) => `offer:${fragments}`)),
  weighted(24, back.map((n) => `ack:${n}`)),
  weighted(3, back.map((n) => `bare:${n}`)),
  weighted(3, back.map((n) => `nack:${n}`)),
  weighted(2, dialects.map((size) => `alive:${size}`)),
  weighted(1, dialects.map((size) => `busy:${size}`)),
  weighted(1, dialects.map((size) => `fin:${size}`)),
  weighted(2, datagrams.map((hex) => `raw:${hex}`)),
  weighted(2, FastCheck.nat(5).map((n) => `again:${n}`)),
  weighted(2, mutations.map((mutation) => `bent:${mutation}`)),
  weighted(3, millis.map((time) => `wait:${time}`)),
  weighted(5, millis.map((time) => `due:${time}`)),
  weighted(1, FastCheck.constant("probe")),
  weighted(1, FastCheck.constantFrom("probe", "leave", "abandon"))
)

fuzz("a sender", {
  corpus: "senderScripts",
  inputs: FastCheck.record({
    dialect: FastCheck.constantFrom<Frame.Dialect>("frame", "payload"),
    steps: FastCheck.array(steps, { minLength: 1, maxLength: 60, size: "max" })
  }),
  runs: 1500,
  holds: play
})
