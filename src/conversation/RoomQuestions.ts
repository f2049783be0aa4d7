/** The questions of an app that the host answers: who a client is, and whether what it gave is right. */
import type { AccountQuestion, Answer, Answered, Ask, Attached, Denied, Member } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import type { Asker, Identities } from "./Identities.ts"
import type { Journal } from "./Journal.ts"

/**
 * Answers a question about accounts, at once or later, once. `from` is the address of the client whose question it is. Does not throw.
 */
export type Asking = (question: AccountQuestion, from: Address, answered: (answer: Answer) => void) => void

export class RoomQuestions {
  readonly #asking: Asking | undefined
  readonly #identities: Identities | undefined
  /** Clients with an open question about their account: each has one at a time. */
  readonly #open = new Set<Member>()

  readonly #setPresent: Journal["setPresent"]
  /** Who the clients are, by their keys. */
  readonly #authors = new Map<string, string>()

  /** Without accounts each answer is `Busy`; without identities a question about a nick is a defect of the app. */
  constructor(asking: Asking | undefined, identities?: Identities, setPresent?: Journal["setPresent"]) {
    this.#setPresent = setPresent
    this.#asking = asking
    this.#identities = identities
  }

  /** `answered` is called once, maybe before this returns. */
  ask({ member, question }: Ask, asker: Asker, answered: (input: Attached | Denied | Answered) => void): void {
    if (question._tag === "Nick") {
      if (this.#identities === undefined) throw new Error("the app asks who a client is, and the room cannot know")
      return this.#identities.ask(asker, question, (identity) => {
        if (identity._tag === "Attached") this.#attach(asker.key, identity.author)
        answered({ ...identity, member })
      })
    }
    const answer = (given: Answer): void => answered({ _tag: "Answered", member, answer: given })
    if (this.#asking === undefined || this.#open.has(member)) return answer({ _tag: "Busy" })
    this.#open.add(member)
    this.#asking(question, asker.address, (given) => {
      this.#open.delete(member)
      answer(given)
    })
  }

  /** The connection of a client is over. */
  release(key: string): void {
    this.#identities?.release(key)
    this.#attach(key, undefined)
  }

  /** A client is this person from now on, who is in the room. */
  #attach(key: string, author: string | undefined): void {
    const before = this.#authors.get(key)
    if (author === before) return
    if (author === undefined) this.#authors.delete(key)
    else this.#authors.set(key, author)
    if (before !== undefined) this.#setPresent?.(before, false)
    if (author !== undefined) this.#setPresent?.(author, true)
  }
}
