/** How messages are cut: whatever the numbers, a plan whose fragments are the message, or a refusal that helps. */
import * as FastCheck from "fast-check"
import type { Plan } from "../../src/protocol/classic/Fragments.ts"
import * as Fragments from "../../src/protocol/classic/Fragments.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { ensure, fuzz } from "./fuzzing.ts"

interface Message {
  readonly kind: Fragments.MessageKind
  readonly nameBytes: number
  readonly contentBytes: number
  readonly fragmentSize: number
}

const most = 2 ** 24 - 1
const planned = ({ contentBytes, fragmentSize, kind, nameBytes }: Message, earlier: ReadonlyArray<Plan> = []) =>
  Fragments.planAfter(earlier, kind, new Uint8Array(nameBytes), contentBytes, fragmentSize)

/** Fragments, counted as §3 says it. */
const countOf = (nameBytes: number, contentBytes: number, size: number): bigint => {
  const [name, content, by] = [BigInt(nameBytes), BigInt(contentBytes), BigInt(size)]
  const pieces = (content + by - 1n) / by
  return (name + by - 1n) / by + (pieces > 1n ? pieces : 1n)
}

const check = (message: Message, plan: Plan, size: number): void => {
  const { contentBytes, kind, nameBytes } = message
  ensure(plan.fragmentSize === size && plan.kind === kind && plan.contentBytes === contentBytes, "another plan")
  ensure(plan.fragmentCount <= most && plan.fragmentCount > plan.nameFragments, "a count that the wire has not")
  ensure(BigInt(plan.fragmentCount) === countOf(nameBytes, contentBytes, size), "a wrong count")
  ensure(plan.nameFragments === Math.ceil(nameBytes / size), "a wrong count of the name")
}

const mayRefuse = (message: Message, plan: Fragments.Refusal): void => {
  const { contentBytes, fragmentSize, kind, nameBytes } = message
  const isSize = Number.isInteger(fragmentSize) && fragmentSize >= 1 && fragmentSize <= 1445
  if (plan._tag === "FragmentSize") return ensure(!isSize, "a good size is refused")
  ensure(isSize, "a wrong size is not refused")
  if (plan._tag === "TextTooLong") {
    return ensure(kind === "text" && contentBytes > Limits.textBytes, "a short text is refused")
  }
  ensure(countOf(nameBytes, contentBytes, fragmentSize) > BigInt(most), "few fragments are refused")
  const { leastFragmentSize: least } = plan
  if (least === undefined) return ensure(countOf(nameBytes, contentBytes, 1445) > BigInt(most), "a size would do")
  ensure(countOf(nameBytes, contentBytes, least) <= BigInt(most), "the size that is told does not do")
  ensure(least > fragmentSize && countOf(nameBytes, contentBytes, least - 1) > BigInt(most), "a lesser size would do")
}

const contents = FastCheck.oneof(
  FastCheck.nat(5000),
  FastCheck.constantFrom(
    0,
    1,
    1445,
    1446,
    Limits.textBytes,
    Limits.textBytes + 1,
    most,
    most + 1,
    most * 1445,
    2 ** 53 - 1
  ),
  FastCheck.record({ size: FastCheck.integer({ min: 1, max: 1446 }), by: FastCheck.integer({ min: -2, max: 2 }) }).map(
    ({ by, size }) => size * most + by
  ),
  FastCheck.maxSafeNat()
)
const messages: FastCheck.Arbitrary<Message> = FastCheck.record({
  kind: FastCheck.constantFrom("text" as const, "file" as const),
  nameBytes: FastCheck.oneof(FastCheck.nat(300), FastCheck.constantFrom(0, 1, 1445, 4096)),
  contentBytes: contents,
  fragmentSize: FastCheck.oneof(
    FastCheck.integer({ min: 1, max: 1445 }),
    FastCheck.constantFrom(-1, 0, 0.5, 1.5, 1, 2, 63, 64, 65, 1445, 1446, 65_535)
  )
})

fuzz("a plan", {
  corpus: "messages",
  inputs: messages,
  runs: 5000,
  holds: (message) => {
    const plan = planned(message)
    if ("_tag" in plan) return mayRefuse(message, plan)
    check(message, plan, message.fragmentSize)
    const next = planned(message, [plan])
    ensure(!("_tag" in next), "the same message is refused the second time")
    const isApart = next.fragmentSize === message.fragmentSize - 1
    check(message, next, isApart ? message.fragmentSize - 1 : message.fragmentSize)
    const mayStay = message.fragmentSize < 64 ||
      "_tag" in planned({ ...message, fragmentSize: message.fragmentSize - 1 })
    ensure(isApart !== mayStay, "two announcements are alike, or a size that may be looked at is changed")
  }
})

fuzz("a block that is cut", {
  corpus: "blocks",
  inputs: FastCheck.record({ bytes: FastCheck.nat(6000), fragmentSize: FastCheck.integer({ min: 1, max: 1445 }) }),
  runs: 300,
  holds: ({ bytes, fragmentSize }) => {
    const block = Uint8Array.from({ length: bytes }, (_, at) => at)
    const fragments = Fragments.cut(block, fragmentSize)
    ensure(fragments.length === Math.max(1, Math.ceil(bytes / fragmentSize)), "a wrong number of fragments")
    ensure(fragments.slice(0, -1).every(({ length }) => length === fragmentSize), "one that is not the last is short")
    ensure(fragments.every(({ buffer }) => buffer === block.buffer), "a copy was made")
    ensure(Buffer.concat(fragments).equals(block), "it is another content")
    const whole = Fragments.blockBytes(fragmentSize)
    ensure(
      whole > 0 && whole % fragmentSize === 0 && whole <= Limits.sourceBlockBytes,
      "a block ends within a fragment"
    )
  }
})
