/** The questions of an app that the host answers: one of each client at a time. */
import type { Answer, Ask, Member, Question } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"

/**
 * Answers a question about accounts, at once or later, once. `from` is the address of the client whose question it is. Does not throw.
 */
export type Asking = (question: Question, from: Address, answered: (answer: Answer) => void) => void

export class RoomQuestions {
  readonly #asking: Asking | undefined
  readonly #open = new Set<Member>()

  /** Without accounts each answer is `Busy`. */
  constructor(asking: Asking | undefined) {
    this.#asking = asking
  }

  ask({ member, question }: Ask, from: Address, answered: (answer: Answer) => void): void {
    if (this.#asking === undefined || this.#open.has(member)) return answered({ _tag: "Busy" })
    this.#open.add(member)
    this.#asking(question, from, (answer) => {
      this.#open.delete(member)
      answered(answer)
    })
  }
}
