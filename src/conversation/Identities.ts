/** Says who the clients of rooms are. Rooms of one server share one, so that a nick is unique on the server. */
import type { Attached, Denied, NickQuestion } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import { NickTable } from "../protocol/conversation/NickTable.ts"
import { sourceOf } from "../protocol/Source.ts"

/** Who a client is, or the reason why it is not known, as a sentence without a full stop. */
export type Identity = Omit<Attached, "member"> | Omit<Denied, "member">

/** A client that asks: `key` is unique on the server, `address` is that of its connection. */
export interface Asker {
  readonly key: string
  readonly address: Address
}

export interface Identities {
  /** `answer` is called once, maybe before this returns. */
  readonly ask: (asker: Asker, question: NickQuestion, answer: (identity: Identity) => void) => void
  /** The connection is over: its nick is free. */
  readonly release: (key: string) => void
}

/** Guests without accounts: each has the nick that it asks for, if no other has it, and `~` before it. */
export const guests = (server: string, newDevice: () => string, nicks = new NickTable()): Identities => {
  const devices = new Map<string, string>()
  return {
    ask: ({ address, key }, { nick }, answer) => {
      const claim = nicks.claim(nick, key, sourceOf(address))
      if (claim._tag === "Refused") return answer({ _tag: "Denied", reason: claim.reason })
      const device = devices.get(key) ?? newDevice()
      devices.set(key, device)
      answer({ _tag: "Attached", author: `${claim.nick}@${server}`, nick: claim.nick, device })
    },
    release: (key) => {
      nicks.release(key)
      devices.delete(key)
    }
  }
}
