/**
 * Plans how a message is split into fragments, and rejects a message that the wire cannot carry before its first frame
 * is sent (docs/PROTOCOL.md §3).
 */
import * as Limits from "../ProtocolLimits.ts"
import { maxPayloadBytes, maxSequenceNumber } from "./ClassicFrame.ts"

export type MessageKind = "text" | "file"

/** The division of a message into fragments. Counts are fragments, sizes are payload bytes. */
export interface Plan {
  readonly kind: MessageKind
  readonly name: Uint8Array
  readonly contentBytes: number
  readonly fragmentSize: number
  readonly nameFragments: number
  /** All fragments, including the fragments of the name. */
  readonly fragmentCount: number
}

/** The reason why the wire cannot carry a message. */
export type Refusal =
  | { readonly _tag: "FragmentSize"; readonly fragmentSize: number }
  | { readonly _tag: "TextTooLong"; readonly contentBytes: number }
  | {
    readonly _tag: "TooManyFragments"
    readonly fragmentCount: number
    readonly leastFragmentSize: number | undefined
  }

/** The minimum and the maximum fragment size, in payload bytes. */
export const minFragmentSize = 1
export const maxFragmentSize = maxPayloadBytes
/** The largest fragment for one Ethernet frame over IPv6, whose header is 20 bytes longer: 1500 − 40 − 8 − 13 bytes. */
export const ipv6FragmentSize = 1439

/**
 * Fragments for paths with a smaller MTU, by IP version, the largest first. Every IPv6 path has an MTU of 1280 bytes (RFC 8200 §5),
 * and so have most tunnels; every host of IPv4 takes packets of 576 bytes (RFC 791).
 */
const smallPathSizes = { 4: [1239, 535], 6: [1219] } as const

/** The fragment size to try where fragments of `fragmentBytes` do not arrive; undefined below all of them. */
export const smallerFragmentSize = (fragmentBytes: number, ipVersion: 4 | 6): number | undefined =>
  smallPathSizes[ipVersion].find((size) => size < fragmentBytes)

/** Plans a message. `name` is the UTF-8 file name, empty for a text. Empty content is one fragment without data. */
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

/** Payload bytes. A smaller size was chosen for demonstration, where one byte less is visible, and is not adjusted. */
const minAdjustableSize = 64

/**
 * Plans a message that follows the messages `earlier` on the same connection. A receiver could treat an announcement
 * equal to one of theirs as a late copy and delay its answer (docs/PROTOCOL.md §7.3). So the fragments are made
 * smaller, by one byte or a few, until the announcement differs.
 */
export const planAfter = (
  earlier: ReadonlyArray<Plan>,
  ...[kind, name, contentBytes, fragmentSize]: Parameters<typeof plan>
): Plan | Refusal => {
  const planned = plan(kind, name, contentBytes, fragmentSize)
  if ("_tag" in planned || fragmentSize < minAdjustableSize) return planned
  // One candidate more than there are earlier messages: at least one candidate differs from all of them.
  for (let less = 0; less <= earlier.length; less++) {
    const candidate = plan(kind, name, contentBytes, fragmentSize - less)
    if ("_tag" in candidate) return planned
    if (!earlier.some((other) => hasSameAnnouncement(candidate, other))) return candidate
  }
  return planned
}

const hasSameAnnouncement = (a: Plan, b: Plan): boolean =>
  a.kind === b.kind && a.nameFragments === b.nameFragments && a.fragmentCount === b.fragmentCount &&
  a.fragmentSize === b.fragmentSize

/** Bytes of the largest block that consists of whole fragments and has at most `Limits.sourceBlockBytes`. */
export const blockBytes = (fragmentSize: number): number =>
  fragmentSize * Math.floor(Limits.sourceBlockBytes / fragmentSize)

/** Splits a block into fragments, views of it. Only the last may be shorter. An empty block is one empty fragment. */
export const cut = (block: Uint8Array, fragmentSize: number): ReadonlyArray<Uint8Array> => {
  if (block.length === 0) return [block]
  const fragments: Array<Uint8Array> = []
  for (let at = 0; at < block.length; at += fragmentSize) fragments.push(block.subarray(at, at + fragmentSize))
  return fragments
}

const countFragments = (nameBytes: number, contentBytes: number, fragmentSize: number): number =>
  Math.ceil(nameBytes / fragmentSize) + Math.max(1, Math.ceil(contentBytes / fragmentSize))

/** The smallest fragment size whose count fits, by bisection: the count falls as the size grows. */
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
