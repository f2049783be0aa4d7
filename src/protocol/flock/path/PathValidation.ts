/**
 * Where the peer is. A packet from elsewhere may be its, after a NAT has changed its mind, or a stranger's copy: before anything
 * but a challenge goes there, it has to answer one (RFC 9000 §8.2, §9).
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Frame } from "../wire/Frame.ts"

/** An address as far as the protocol is concerned. */
export interface Path {
  readonly host: string
  readonly port: number
  /** The local address at which the peer reaches this host, where the socket has several. */
  readonly local?: string | undefined
}

export const isSamePath = (one: Path, other: Path): boolean =>
  one.port === other.port && one.host === other.host && one.local === other.local

interface Candidate {
  readonly path: Path
  readonly token: number
  /** When the challenge is due, or due again. */
  dueAt: number
  challenges: number
}

export class PathValidation {
  #current: Path
  #candidate: Candidate | undefined
  /** Where an answer to a challenge has to go. */
  #response: { readonly to: Path; readonly token: number } | undefined
  readonly #token: () => number

  /** `token` gives numbers that nobody can guess. */
  constructor(current: Path, token: () => number) {
    this.#current = current
    this.#token = token
  }

  get current(): Path {
    return this.#current
  }

  get deadline(): number {
    return this.#response === undefined ? this.#candidate?.dueAt ?? Infinity : -Infinity
  }

  /** An authentic packet came from `from`, the newest so far or not: a copy of an old one proves nothing. */
  onPacket(from: Path, isNewest: boolean, now: number): void {
    if (isSamePath(from, this.#current)) {
      if (isNewest) this.#candidate = undefined
      return
    }
    if (!isNewest || (this.#candidate !== undefined && isSamePath(from, this.#candidate.path))) return
    this.#candidate = { path: from, token: this.#token(), dueAt: now, challenges: 0 }
  }

  onChallenge(from: Path, token: number): void {
    this.#response = { to: from, token }
  }

  /** True when the peer has moved. */
  onResponse(token: number): boolean {
    if (this.#candidate?.token !== token) return false
    this.#current = this.#candidate.path
    this.#candidate = undefined
    return true
  }

  /** What has to go, and where; a packet for it alone. */
  next(now: number, intervalMillis: number): { readonly to: Path; readonly frame: Frame } | undefined {
    const response = this.#response
    if (response !== undefined) {
      this.#response = undefined
      return { to: response.to, frame: { type: "PathResponse", token: response.token } }
    }
    const candidate = this.#candidate
    if (candidate === undefined || candidate.dueAt > now) return undefined
    if (candidate.challenges >= Limits.pathChallenges) {
      this.#candidate = undefined
      return undefined
    }
    candidate.challenges++
    candidate.dueAt = now + intervalMillis
    return { to: candidate.path, frame: { type: "PathChallenge", token: candidate.token } }
  }
}
