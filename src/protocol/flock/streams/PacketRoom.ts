/**
 * Whether there is room for all frames of a packet, before the first of them is handled (docs/PROTOCOL.md, flock §2.7, §5.4): a packet
 * that was handled in part and not noted as received could be replayed.
 */
import type { Frame, StreamFrame } from "../wire/Frame.ts"
import type { OutOfOrderSpace } from "./OutOfOrderSpace.ts"
import type { ReceiveStream } from "./ReceiveStream.ts"

/** What receives the frames of a stream: `New` when the first frame would open it, undefined when they are ignored or invalid. */
export type Receiver = Pick<ReceiveStream, "contiguousBytes" | "needsSpace"> | "New" | undefined

/** Whether the frame continues its stream, or repeats bytes of it: it needs no space, and repeating it has no effect. */
export const isInOrder = ({ offset }: StreamFrame, receiver: Receiver): boolean =>
  receiver === "New" ? offset === 0 : receiver !== undefined && offset <= receiver.contiguousBytes

/**
 * Whether `space` has room for the pieces that the frames of a packet leave behind. Frames that continue their streams need none,
 * also when they follow a frame of the same packet; the space that they free is not counted.
 */
export const hasRoomFor = (
  frames: ReadonlyArray<Frame>,
  space: OutOfOrderSpace,
  receiverOf: (id: number) => Receiver
): boolean => {
  // As if all of them were pieces: enough to know for nearly every packet.
  let bytes = 0
  let pieces = 0
  for (const frame of frames) {
    if (frame._tag !== "Stream" || frame.end === frame.start) continue
    bytes += frame.end - frame.start
    pieces++
  }
  return pieces === 0 || space.hasRoomFor(bytes, pieces) || hasRoomForPieces(frames, space, receiverOf)
}

const hasRoomForPieces = (
  frames: ReadonlyArray<Frame>,
  space: OutOfOrderSpace,
  receiverOf: (id: number) => Receiver
): boolean => {
  const contiguous = new Map<number, number>()
  let bytes = 0
  let pieces = 0
  for (const frame of frames) {
    if (frame._tag !== "Stream") continue
    const { id, offset } = frame
    const end = offset + frame.end - frame.start
    const receiver = receiverOf(id)
    if (receiver === undefined) continue
    const before = contiguous.get(id) ?? (receiver === "New" ? 0 : receiver.contiguousBytes)
    if (offset <= before) contiguous.set(id, Math.max(before, end))
    else if (receiver === "New" || receiver.needsSpace(offset, end, before)) {
      bytes += end - offset
      pieces++
    }
  }
  return pieces === 0 || space.hasRoomFor(bytes, pieces)
}
