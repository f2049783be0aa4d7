/**
 * The peer's address, and the validation of a new one (RFC 9000 §8.2, §9; docs/PROTOCOL.md, flock §9.2). A packet from another
 * address may come from the peer, after a NAT rebinding, or be a copy that an attacker sent: only challenges are sent to that
 * address until it has answered one.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Frame } from "../wire/Frame.ts"

/** The address of a peer; the core only compares it. */
export interface Path {
  readonly host: string
  readonly port: number
  /** The local address to which the peer sends, where the socket has several. */
  readonly local?: string | undefined
}

/** Whether both paths have the same host, port and local address. */
export const isSamePath = (one: Path, other: Path): boolean =>
  one.port === other.port && one.host === other.host && one.local === other.local

interface Candidate {
  readonly path: Path
  readonly token: number
  /** When the next challenge is due, in milliseconds. */
  dueAt: number
  challenges: number
}

/** The current path of a session and at most one candidate for the next. */
export class PathValidation {
  #current: Path
  #candidate: Candidate | undefined
  /** The newest PATH_CHALLENGE that is not answered. */
  #response: { readonly to: Path; readonly token: number } | undefined
  readonly #token: () => number

  /** `token` returns unpredictable numbers below 2⁵³. */
  constructor(current: Path, token: () => number) {
    this.#current = current
    this.#token = token
  }

  /** The validated path. */
  get current(): Path {
    return this.#current
  }

  /** When {@link pollFrame} is due, in milliseconds; -Infinity for immediately. */
  get deadline(): number {
    return this.#response === undefined ? this.#candidate?.dueAt ?? Infinity : -Infinity
  }

  /**
   * An authentic packet arrived from `from`. Only the packet with the largest number so far (`isNewest`) changes anything: an old
   * one may be a copy.
   */
  onPacket(from: Path, isNewest: boolean, now: number): void {
    if (isSamePath(from, this.#current)) {
      if (isNewest) this.#candidate = undefined
      return
    }
    if (!isNewest || (this.#candidate !== undefined && isSamePath(from, this.#candidate.path))) return
    this.#candidate = { path: from, token: this.#token(), dueAt: now, challenges: 0 }
  }

  /** A PATH_CHALLENGE arrived: it replaces one that is not answered yet, so that responses cannot queue up. */
  onChallenge(from: Path, token: number): void {
    this.#response = { to: from, token }
  }

  /** A PATH_RESPONSE arrived. True when it validates the candidate, which becomes the current path. */
  onResponse(token: number): boolean {
    if (this.#candidate?.token !== token) return false
    this.#current = this.#candidate.path
    this.#candidate = undefined
    return true
  }

  /** The frame that is due and its destination; it is sent in a packet of its own. `intervalMillis` lies between challenges. */
  pollFrame(now: number, intervalMillis: number): { readonly to: Path; readonly frame: Frame } | undefined {
    const response = this.#response
    if (response !== undefined) {
      this.#response = undefined
      return { to: response.to, frame: { _tag: "PathResponse", token: response.token } }
    }
    const candidate = this.#candidate
    if (candidate === undefined || candidate.dueAt > now) return undefined
    if (candidate.challenges >= Limits.pathChallenges) {
      this.#candidate = undefined
      return undefined
    }
    candidate.challenges++
    candidate.dueAt = now + intervalMillis
    return { to: candidate.path, frame: { _tag: "PathChallenge", token: candidate.token } }
  }
}
