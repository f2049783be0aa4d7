/**
 * The client's address, and the validation of a new one (RFC 9000 §8.2, §9; docs/PROTOCOL.md, flock §9.2). A packet from another
 * address may come from the client, after a NAT rebinding, or be a copy that an attacker sent: only challenges are sent to that
 * address until it has answered one, and never more bytes than came from it. A server's address does not change.
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
  /** Bytes that came from the address, less those of the challenges that were sent to it. */
  creditBytes: number
  /** Length of the newest packet since the last challenge, which the next one answers; 0 when there was none. */
  unansweredBytes: number
  /** When the last challenge was sent, in milliseconds. */
  challengedAt: number
}

/** A frame of path validation, for a packet of its own that is padded to `paddedBytes`. */
export interface PathFrame {
  readonly to: Path
  readonly frame: Frame
  readonly paddedBytes: number
}

/** The current path of a session and at most one candidate for the next. */
export class PathValidation {
  #current: Path
  #candidate: Candidate | undefined
  /** The newest PATH_CHALLENGE that is not answered. */
  #response: { readonly to: Path; readonly token: number } | undefined
  readonly #challengeBytes: number
  readonly #token: () => number

  /** `challengeBytes` is the least length of a datagram with a challenge; `token` returns unpredictable numbers below 2⁵³. */
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
    return this.#response !== undefined || (this.#candidate?.unansweredBytes ?? 0) > 0 ? -Infinity : Infinity
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
      if (isNewest) candidate.unansweredBytes = bytes
      return
    }
    if (!isNewest) return
    const token = this.#token()
    this.#candidate = { path: from, token, creditBytes: bytes, unansweredBytes: bytes, challengedAt: -Infinity }
  }

  /**
   * A PATH_CHALLENGE arrived: it replaces one that is not answered yet, so that responses cannot queue up. A response goes to the
   * current path only, whatever address a server was challenged from.
   */
  onChallenge(from: Path, token: number): void {
    if (from.host === this.#current.host && from.port === this.#current.port) this.#response = { to: from, token }
  }

  /**
   * A PATH_RESPONSE arrived. When it validates the candidate, that becomes the current path: `Rebound` when it has the same host, and
   * is probably the same path behind another port of a NAT.
   */
  onResponse(token: number): "Moved" | "Rebound" | undefined {
    const candidate = this.#candidate
    if (candidate?.token !== token) return undefined
    const isSameHost = candidate.path.host === this.#current.host
    this.#current = candidate.path
    this.#candidate = undefined
    return isSameHost ? "Rebound" : "Moved"
  }

  /**
   * The frame that is due and its destination; it is sent in a packet of its own. A challenge answers a packet, at least
   * `intervalMillis` after the last one: a timer would send to an address that is silent. It is padded to the length of that packet,
   * at most `Limits.leastDatagramBytes`, to show that the new path carries such datagrams. After a packet that is shorter than a
   * challenge it waits for another one.
   */
  pollFrame(now: number, intervalMillis: number): PathFrame | undefined {
    const response = this.#response
    if (response !== undefined) {
      this.#response = undefined
      return { to: response.to, frame: { _tag: "PathResponse", token: response.token }, paddedBytes: 0 }
    }
    const candidate = this.#candidate
    if (candidate === undefined || candidate.unansweredBytes === 0) return undefined
    const likeBytes = Math.min(candidate.unansweredBytes, Limits.leastDatagramBytes)
    candidate.unansweredBytes = 0
    const paddedBytes = Math.min(Math.max(likeBytes, this.#challengeBytes), candidate.creditBytes)
    if (now < candidate.challengedAt + intervalMillis || paddedBytes < this.#challengeBytes) return undefined
    candidate.creditBytes -= paddedBytes
    candidate.challengedAt = now
    return { to: candidate.path, frame: { _tag: "PathChallenge", token: candidate.token }, paddedBytes }
  }
}
