/**
 * A server of the explorer: what the production `Exchange` does with a sequence of inputs. It is deterministic, so its state is known by its
 * inputs. Its store answers reads at once.
 */
import type { Event } from "../../../../src/protocol/conversation/Event.ts"
import { Exchange } from "../../../../src/protocol/conversation/Exchange.ts"
import type { LinkMessage } from "../../../../src/protocol/conversation/LinkMessage.ts"
import { OrderedEvents } from "../../../../src/protocol/conversation/OrderedEvents.ts"
import { comparePlaces } from "../../../../src/protocol/conversation/RoomOrder.ts"
import { checks, signerOf } from "../../links/toySigning.ts"

export type Input =
  | { readonly kind: "open" | "close"; readonly link: number; readonly peer: string }
  | { readonly kind: "message"; readonly link: number; readonly message: LinkMessage }
  | { readonly kind: "post" | "sync" | "tick" }

/** What is seen of a server after its inputs. */
export interface LinkNode {
  /** All messages that it has sent on each link, in order. */
  readonly sent: ReadonlyMap<number, ReadonlyArray<LinkMessage>>
  /** The hashes of the events on its disk, in the order of the room. */
  readonly log: ReadonlyArray<string>
  readonly isUnsynced: boolean
  readonly violation: string | undefined
}

const hall = { access: "public", servers: [] } as const

/** The state of a server after these inputs. */
export const nodeAfter = (name: string, servers: ReadonlyArray<string>, inputs: ReadonlyArray<Input>): LinkNode => {
  const signer = signerOf(name, new Uint8Array(8))
  const exchange = new Exchange({ signer, checks, trusts: () => true, takes: () => true })
  exchange.openRoom("hall", hall, { heads: [], servers: servers.filter((server) => server !== name) })
  const disk = new OrderedEvents()
  const sent = new Map<number, Array<LinkMessage>>()
  const compared = new Set<number>()
  let written: ReadonlyArray<{ readonly serial: number; readonly event: Event }> = []
  let posts = 0
  let now = 0
  let violation: string | undefined
  const turn = (): void => {
    written = [...written, ...exchange.pollStore()]
    for (const event of exchange.pollEvents()) {
      if (event._tag === "LinkEnded" && event.end.reason !== "closed") violation ??= `${name}: ${event.end.text}`
    }
    for (const [link, messages] of sent) {
      for (;;) {
        for (const read of exchange.pollReads()) exchange.onPage(read.link, read.room, disk.page(read.request))
        const message = exchange.nextMessage(link)
        if (message === undefined) break
        messages.push(message)
        if (message.t !== "event") continue
        if (!compared.has(link)) violation ??= `${name} sends an event before the peer's vectors have come`
        if (!disk.all.some((event) => comparePlaces(event, message.event) === 0)) {
          violation ??= `${name} sends an event that is not on its disk`
        }
      }
    }
  }
  for (const input of inputs) {
    switch (input.kind) {
      case "open":
        sent.set(input.link, [])
        exchange.openLink(input.link, input.peer, now)
        break
      case "close":
        exchange.closeLink(input.link, "the session has ended")
        break
      case "message":
        if (input.message.t === "ready") compared.add(input.link)
        exchange.receive(input.link, input.message, now)
        break
      case "post":
        exchange.post({
          room: "hall",
          time: 0,
          author: `p@${name}`,
          device: "d",
          n: ++posts,
          kind: "said",
          body: { text: "same" }
        }, new Uint8Array(16).fill(posts))
        break
      case "sync": {
        for (const { event } of written) disk.add(event)
        const serial = written.at(-1)?.serial ?? 0
        written = []
        exchange.synced(serial)
        break
      }
      case "tick":
        now = exchange.deadline
        exchange.handleTimeout(now)
    }
    turn()
  }
  const log = disk.all.map(({ hash }) => hash)
  if (new Set(log).size !== log.length) violation ??= `${name} has an event twice`
  return { sent, log, isUnsynced: written.length > 0, violation }
}
