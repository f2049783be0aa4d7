/**
 * How a message is cut into fragments, and what is refused before the first frame (docs/PROTOCOL.md §3).
 */
import * as Limits from "../ProtocolLimits.ts"
import { maxPayloadBytes, maxSequenceNumber } from "./ClassicFrame.ts"

export type MessageKind = "text" | "file"

/** A message as it is announced, cut. Counts are fragments, sizes payload bytes. */
export interface Plan {
  readonly kind: MessageKind
  readonly name: Uint8Array
  readonly contentBytes: number
  readonly fragmentSize: number
  readonly nameFragments: number
  /** All fragments, those of the name included. */
  readonly fragmentCount: number
}

/** Why a message cannot go on this wire. */
export type Refusal =
  | { readonly _tag: "FragmentSize"; readonly fragmentSize: number }
  | { readonly _tag: "TextTooLong"; readonly contentBytes: number }
  | {
    readonly _tag: "TooManyFragments"
    readonly fragmentCount: number
    readonly leastFragmentSize: number | undefined
  }

/** The least and the greatest fragment size, in payload bytes. */
export const minFragmentSize = 1
export const maxFragmentSize = maxPayloadBytes
/** What fits an Ethernet frame over IPv6, whose header is 20 bytes longer: 1500 − 40 − 8 − 13. */
export const ipv6FragmentSize = 1439

/** Plans a message; `name` is the UTF-8 file name, empty for a text. An empty content is one fragment with no data. */
export const plan = (
  kind: MessageKind,
  name: Uint8Array,
  contentBytes: number,
  fragmentSize: number
): Plan | Refusal => {
  if (!Number.isInteger(fragmentSize) || fragmentSize < minFragmentSize || fragmentSize > maxFragmentSize) {
    return { _tag: "FragmentSize", fragmentSize }
  }
  if (kind === "text" && contentBytes > Limits.textBytes) return { _tag: "TextTooLong", contentBytes }
  const nameFragments = Math.ceil(name.length / fragmentSize)
  const fragmentCount = countFragments(name.length, contentBytes, fragmentSize)
  if (fragmentCount > maxSequenceNumber) {
    return {
      _tag: "TooManyFragments",
      fragmentCount,
      leastFragmentSize: leastFragmentSize(name.length, contentBytes)
    }
  }
  return { kind, name, contentBytes, fragmentSize, nameFragments, fragmentCount }
}

/** Below it a byte less is visible: a size that small was chosen to be looked at. */
const minAdjustableSize = 64

/**
 * Plans a message that follows `earlier` ones on the same connection. Were it announced like one of them, a receiver could
 * take it for a late copy and wait it out (docs/PROTOCOL.md §7.3): a byte less a fragment, or some more, tells them apart.
 */
export const planAfter = (
  earlier: ReadonlyArray<Plan>,
  ...[kind, name, contentBytes, fragmentSize]: Parameters<typeof plan>
): Plan | Refusal => {
  const planned = plan(kind, name, contentBytes, fragmentSize)
  if ("_tag" in planned || fragmentSize < minAdjustableSize) return planned
  // One size more than there are messages: at least one is not taken.
  for (let less = 0; less <= earlier.length; less++) {
    const apart = plan(kind, name, contentBytes, fragmentSize - less)
    if ("_tag" in apart) return planned
    if (!earlier.some((other) => hasSameAnnouncement(apart, other))) return apart
  }
  return planned
}

const hasSameAnnouncement = (a: Plan, b: Plan): boolean =>
  a.kind === b.kind && a.nameFragments === b.nameFragments && a.fragmentCount === b.fragmentCount &&
  a.fragmentSize === b.fragmentSize

/** Bytes of the largest block that holds whole fragments only and no more than `Limits.sourceBlockBytes`. */
export const blockBytes = (fragmentSize: number): number =>
  fragmentSize * Math.floor(Limits.sourceBlockBytes / fragmentSize)

/** Cuts a block into fragments, views of it; only the last may be short. An empty block is one empty fragment. */
export const cut = (block: Uint8Array, fragmentSize: number): ReadonlyArray<Uint8Array> => {
  if (block.length === 0) return [block]
  const fragments: Array<Uint8Array> = []
  for (let at = 0; at < block.length; at += fragmentSize) fragments.push(block.subarray(at, at + fragmentSize))
  return fragments
}

const countFragments = (nameBytes: number, contentBytes: number, fragmentSize: number): number =>
  Math.ceil(nameBytes / fragmentSize) + Math.max(1, Math.ceil(contentBytes / fragmentSize))

/** The least size that fits, by bisection: fewer fragments the larger they are. */
const leastFragmentSize = (nameBytes: number, contentBytes: number): number | undefined => {
  const fits = (size: number): boolean => countFragments(nameBytes, contentBytes, size) <= maxSequenceNumber
  if (!fits(maxFragmentSize)) return undefined
  let least: number = minFragmentSize
  let fitting: number = maxFragmentSize
  while (least < fitting) {
    const middle = Math.floor((least + fitting) / 2)
    if (fits(middle)) fitting = middle
    else least = middle + 1
  }
  return fitting
}
