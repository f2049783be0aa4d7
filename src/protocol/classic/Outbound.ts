/**
 * The message that a sender transmits: its announcement, and the queue of fragments that the application has offered
 * and that are not in flight yet (docs/PROTOCOL.md §4.1).
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"
import type { Plan } from "./Fragments.ts"
import type { Outgoing } from "./InFlight.ts"
import type { TimingValues } from "./TimingValues.ts"

/** One outgoing message. Throws on a misuse by the caller: a name or content that does not match the plan. */
export class Outbound {
  readonly plan: Plan
  readonly #dialect: Frame.Dialect
  readonly #publishTimeoutMillis: number
  /** The fragments of the name, then the blocks of content fragments as they were offered. */
  readonly #blocks: Array<ReadonlyArray<Uint8Array>>
  #indexInBlock = 0
  #takenFragments = 0
  /** Content fragments that were offered. */
  #offeredFragments = 0
  #acknowledgedFragments = 0
  /** Payload bytes of the fragment that was taken last, and of the largest one that was acknowledged. */
  #takenBytes = 0
  #acknowledgedBytes = 0

  constructor(
    plan: Plan,
    nameFragments: ReadonlyArray<Uint8Array>,
    { dialect, timing }: { readonly dialect: Frame.Dialect; readonly timing: TimingValues }
  ) {
    if (nameFragments.length !== plan.nameFragments) {
      throw new Error("the number of name fragments differs from the plan")
    }
    this.plan = plan
    this.#dialect = dialect
    this.#publishTimeoutMillis = timing.publishTimeoutMillis
    this.#blocks = nameFragments.length > 0 ? [nameFragments] : []
  }

  /** Acknowledged fragments, including the fragments of the name. */
  get acknowledgedFragments(): number {
    return this.#acknowledgedFragments
  }

  /** Payload bytes of the fragment that was taken last, if no fragment of this message as large was acknowledged. */
  get unprovenBytes(): number | undefined {
    return this.#takenBytes > this.#acknowledgedBytes ? this.#takenBytes : undefined
  }

  /** The fragment that was taken last was acknowledged. */
  onAcknowledged(): void {
    this.#acknowledgedFragments++
    this.#acknowledgedBytes = Math.max(this.#acknowledgedBytes, this.#takenBytes)
  }

  /** Whether content is to be offered: at most `Limits.lowWaterFragments` are left to send, and the plan has more. */
  get wantsContent(): boolean {
    const { fragmentCount, nameFragments } = this.plan
    const unsent = nameFragments + this.#offeredFragments - Math.max(this.#takenFragments, nameFragments)
    return unsent <= Limits.lowWaterFragments && nameFragments + this.#offeredFragments < fragmentCount
  }

  offer(fragments: ReadonlyArray<Uint8Array>): void {
    this.#offeredFragments += fragments.length
    if (this.plan.nameFragments + this.#offeredFragments > this.plan.fragmentCount) {
      throw new Error("more content fragments were offered than the plan has")
    }
    if (fragments.length > 0) this.#blocks.push(fragments)
  }

  /** The INF of the message. */
  announcement(): Outgoing {
    return {
      sequenceNumber: this.plan.nameFragments,
      fragmentCount: this.plan.fragmentCount,
      fragmentSize: Frame.fragmentSizeField(this.#dialect, this.plan.fragmentSize),
      kind: Frame.Kind.inf,
      payload: Uint8Array.of(this.plan.kind === "text" ? Frame.textMark : Frame.fileMark),
      minWaitMillis: 0
    }
  }

  /** Removes the next fragment and returns it as a DAT; undefined while the application has not offered it. */
  take(): Outgoing | undefined {
    const block = this.#blocks[0]
    const payload = block?.[this.#indexInBlock]
    if (block === undefined || payload === undefined) return undefined
    this.#takenFragments++
    this.#takenBytes = payload.length
    this.#indexInBlock++
    if (this.#indexInBlock === block.length) {
      this.#blocks.shift()
      this.#indexInBlock = 0
    }
    return {
      sequenceNumber: this.#takenFragments,
      fragmentCount: this.plan.fragmentCount,
      fragmentSize: Frame.fragmentSizeField(this.#dialect, payload.length),
      kind: Frame.Kind.dat,
      payload,
      minWaitMillis: this.plan.kind === "file" && this.#takenFragments === this.plan.fragmentCount
        ? this.#publishTimeoutMillis
        : 0
    }
  }
}
