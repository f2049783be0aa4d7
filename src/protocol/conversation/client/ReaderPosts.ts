/**
 * The posts of a reader in one room, in their order: the server takes a post with a lower number than one that it has recorded for a repeated
 * one. So a post that is refused for a while holds back those behind it, which would else be recorded before it. Pure.
 */
import type { SentPost } from "./ReaderRequest.ts"

export class ReaderPosts {
  readonly #waiting: Array<SentPost> = []
  /** Those that have no answer yet. */
  #unanswered = 0
  #isTaking = false
  /** The number of the post that has to be sent again first. */
  #held: number | undefined

  get unanswered(): number {
    return this.#unanswered
  }

  /** A post has come. Returns the number of the post that has to be sent again first: its own, when there is no room for it. */
  add(post: SentPost, hasRoom: boolean): number | undefined {
    if (this.#held !== undefined && post.n > this.#held) return this.#held
    this.#held = hasRoom ? undefined : post.n
    if (!hasRoom) return post.n
    this.#unanswered++
    this.#waiting.push(post)
    return undefined
  }

  /** The next one to record; undefined while there is none, or the order of the one before is not certain. */
  next(): SentPost | undefined {
    if (this.#isTaking) return undefined
    const post = this.#waiting.shift()
    this.#isTaking = post !== undefined
    return post
  }

  /** The post that `next` has returned stands before all later ones. */
  onTaken(): void {
    this.#isTaking = false
  }

  onAnswered(): void {
    this.#unanswered--
  }

  /** A post may be sent again later. Returns the posts behind it, which are refused with it. */
  hold(n: number): ReadonlyArray<SentPost> {
    this.#held = n
    this.#unanswered -= 1 + this.#waiting.length
    return this.#waiting.splice(0)
  }
}
