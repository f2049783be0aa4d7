/** Planning of fragments: for any numbers the result is a correct plan, or a refusal with a usable size. */
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

const maxFragments = 2 ** 24 - 1
const planned = ({ contentBytes, fragmentSize, kind, nameBytes }: Message, earlier: ReadonlyArray<Plan> = []) =>
  Fragments.planAfter(earlier, kind, new Uint8Array(nameBytes), contentBytes, fragmentSize)

/** The number of fragments, computed as in docs/PROTOCOL.md §3. */
const countOf = (nameBytes: number, contentBytes: number, size: number): bigint => {
  const [name, content, by] = [BigInt(nameBytes), BigInt(contentBytes), BigInt(size)]
  const pieces = (content + by - 1n) / by
  return (name + by - 1n) / by + (pieces > 1n ? pieces : 1n)
}

const check = (message: Message, plan: Plan, size: number): void => {
  const { contentBytes, kind, nameBytes } = message
  ensure(
    plan.fragmentSize === size && plan.kind === kind && plan.contentBytes === contentBytes,
    "the plan has wrong fields"
  )
  ensure(
    plan.fragmentCount <= maxFragments && plan.fragmentCount > plan.nameFragments,
    "the fragment count is out of range"
  )
  ensure(BigInt(plan.fragmentCount) === countOf(nameBytes, contentBytes, size), "the fragment count is wrong")
  ensure(plan.nameFragments === Math.ceil(nameBytes / size), "the number of name fragments is wrong")
}

const checkRefusal = (message: Message, plan: Fragments.Refusal): void => {
  const { contentBytes, fragmentSize, kind, nameBytes } = message
  const isSize = Number.isInteger(fragmentSize) && fragmentSize >= 1 && fragmentSize <= 1445
  if (plan._tag === "FragmentSize") return ensure(!isSize, "a valid fragment size is refused")
  ensure(isSize, "an invalid fragment size is accepted")
  if (plan._tag === "TextTooLong") {
    return ensure(kind === "text" && contentBytes > Limits.textBytes, "a short text is refused")
  }
  ensure(
    countOf(nameBytes, contentBytes, fragmentSize) > BigInt(maxFragments),
    "a message with few fragments is refused"
  )
  const { leastFragmentSize: minSize } = plan
  if (minSize === undefined) {
    return ensure(countOf(nameBytes, contentBytes, 1445) > BigInt(maxFragments), "a larger size would be sufficient")
  }
  ensure(countOf(nameBytes, contentBytes, minSize) <= BigInt(maxFragments), "the suggested size is not sufficient")
  ensure(
    minSize > fragmentSize && countOf(nameBytes, contentBytes, minSize - 1) > BigInt(maxFragments),
    "a smaller size would be sufficient"
  )
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
    maxFragments,
    maxFragments + 1,
    maxFragments * 1445,
    2 ** 53 - 1
  ),
  FastCheck.record({ size: FastCheck.integer({ min: 1, max: 1446 }), by: FastCheck.integer({ min: -2, max: 2 }) }).map(
    ({ by, size }) => size * maxFragments + by
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
    if ("_tag" in plan) return checkRefusal(message, plan)
    check(message, plan, message.fragmentSize)
    const next = planned(message, [plan])
    ensure(!("_tag" in next), "the same message is refused after itself")
    const isChanged = next.fragmentSize === message.fragmentSize - 1
    check(message, next, isChanged ? message.fragmentSize - 1 : message.fragmentSize)
    const isUnchangeable = message.fragmentSize < 64 ||
      "_tag" in planned({ ...message, fragmentSize: message.fragmentSize - 1 })
    ensure(isChanged !== isUnchangeable, "two announcements are equal, or a size that must not change is changed")
  }
})

fuzz("a block that is cut", {
  corpus: "blocks",
  inputs: FastCheck.record({ bytes: FastCheck.nat(6000), fragmentSize: FastCheck.integer({ min: 1, max: 1445 }) }),
  runs: 300,
  holds: ({ bytes, fragmentSize }) => {
    const block = Uint8Array.from({ length: bytes }, (_, offset) => offset)
    const fragments = Fragments.cut(block, fragmentSize)
    ensure(fragments.length === Math.max(1, Math.ceil(bytes / fragmentSize)), "the number of fragments is wrong")
    ensure(
      fragments.slice(0, -1).every(({ length }) => length === fragmentSize),
      "a fragment before the last one is short"
    )
    ensure(fragments.every(({ buffer }) => buffer === block.buffer), "a fragment is a copy")
    ensure(Buffer.concat(fragments).equals(block), "the content differs")
    const blockBytes = Fragments.blockBytes(fragmentSize)
    ensure(
      blockBytes > 0 && blockBytes % fragmentSize === 0 && blockBytes <= Limits.sourceBlockBytes,
      "a block ends within a fragment"
    )
  }
})
