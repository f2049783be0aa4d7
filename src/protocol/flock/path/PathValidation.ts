/**
 * The peer's address, and the validation of a new one (RFC 9000 §8.2, §9; docs/PROTOCOL.md, flock §9.2). A packet from another
 * address may come from the peer, after a NAT rebinding, or be a copy that an attacker sent: only challenges are sent to that
 * address until it has answered one, and never more bytes than came from it.
 */
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
  /** Bytes that came from the address, less those of the challenges that were sent to it. */
  creditBytes: number
  /** Whether a packet has arrived since the last challenge. */
  isChallengeDue: boolean
  /** When the last challenge was sent, in milliseconds. */
  challengedAt: number
}

/** The current path of a session and at most one candidate for the next. */
export class PathValidation {
  #current: Path
  #candidate: Candidate | undefined
  /** The newest PATH_CHALLENGE that is not answered. */
  #response: { readonly to: Path; readonly token: number } | undefined
  readonly #challengeBytes: number
  readonly #token: () => number

  /** `challengeBytes` is the length of a datagram with a challenge; `token` returns unpredictable numbers below 2⁵³. */
  constructor(current: Path, challengeBytes: number, token: () => number) {
    this.#current = current
    this.#challengeBytes = challengeBytes
    this.#token = token
  }

  /** The validated path. */
  get current(): Path {
    return this.#current
  }

  /** When {@link pollFrame} is due, in milliseconds: immediately after a packet, or never. */
  get deadline(): number {
    return this.#response !== undefined || this.#candidate?.isChallengeDue === true ? -Infinity : Infinity
  }

  /**
   * An authentic packet of `bytes` arrived from `from`. Only the packet with the largest number so far (`isNewest`) makes that a
   * candidate, and causes a challenge: an old one may be a copy.
   */
  onPacket(from: Path, isNewest: boolean, bytes: number): void {
    if (isSamePath(from, this.#current)) {
      if (isNewest) this.#candidate = undefined
      return
    }
    const candidate = this.#candidate
    if (candidate !== undefined && isSamePath(from, candidate.path)) {
      candidate.creditBytes += bytes
      candidate.isChallengeDue ||= isNewest
      return
    }
    if (!isNewest) return
    const token = this.#token()
    this.#candidate = { path: from, token, creditBytes: bytes, isChallengeDue: true, challengedAt: -Infinity }
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

  /**
   * The frame that is due and its destination; it is sent in a packet of its own. A challenge answers a packet, at least
   * `intervalMillis` after the last one: a timer would send to an address that is silent.
   */
  pollFrame(now: number, intervalMillis: number): { readonly to: Path; readonly frame: Frame } | undefined {
    const response = this.#response
    if (response !== undefined) {
      this.#response = undefined
      return { to: response.to, frame: { _tag: "PathResponse", token: response.token } }
    }
    const candidate = this.#candidate
    if (candidate?.isChallengeDue !== true) return undefined
    candidate.isChallengeDue = false
    if (now < candidate.challengedAt + intervalMillis || candidate.creditBytes < this.#challengeBytes) return undefined
    candidate.creditBytes -= this.#challengeBytes
    candidate.challengedAt = now
    return { to: candidate.path, frame: { _tag: "PathChallenge", token: candidate.token } }
  }
}
