/**
 * The answer of a port of flock to a client of the classic wire (docs/PROTOCOL.md, flock §3.5): an intact INF gets FIN, so
 * that its sender learns at once that it is refused.
 */
import type { Bound, Path } from "../../net/Socket.ts"
import * as ClassicFrame from "../../protocol/classic/ClassicFrame.ts"
import type { Crc32 } from "../../protocol/flock/handshake/Protection.ts"
import type { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { HintLimit } from "../HintLimit.ts"

/** FIN of the classic wire (docs/PROTOCOL.md §2). */
const fin = ClassicFrame.controlHeader(ClassicFrame.Kind.fin, "frame")
const nothing = new Uint8Array(0)

export class ClassicRefusal {
  readonly #crc32: Crc32
  readonly #trace: PacketTrace
  readonly #hints = new HintLimit()

  constructor(crc32: Crc32, trace: PacketTrace) {
    this.#crc32 = crc32
    this.#trace = trace
  }

  /**
   * Answers `bytes` from `from` through `bound` when they are an intact INF, as often as the limit of hints allows. Returns
   * whether they are one.
   */
  answer(bytes: Uint8Array, from: Path, bound: Pick<Bound, "send"> | undefined, now: number): boolean {
    const frame = ClassicFrame.decode(bytes)
    if (typeof frame === "string" || frame.kind !== ClassicFrame.Kind.inf) return false
    if (!ClassicFrame.isIntact(frame, this.#crc32)) return false
    if (!this.#hints.takes(from, now)) return true
    bound?.send(from, undefined, (target) => {
      const length = ClassicFrame.encode(target, fin, nothing, this.#crc32)
      this.#trace.classic("sent", from, target.subarray(0, length))
      return length
    })
    return true
  }
}
