/**
 * The other one of two linked chat servers, which has no ids. This server has connected to it, sends texts with a header, and reads the bare stream of
 * everything that the other one sends to its clients. The other one may have connected too, as a client among others, and sends each
 * text there with a header. So a text of its clients comes twice, and a text of ours returns once or twice:
 *
 *     texts to show = max(bare, framed) − sent, for each text, in two seconds
 *
 * Bare texts have no marks: the stream is compared with what must come in it. Which client is the other server is not announced either: it is the one whose
 * texts have a copy in the bare stream.
 */
import * as HashSet from "effect/HashSet"
import type { Member } from "../App.ts"
import * as BareStream from "./BareStream.ts"
import { digitsOf } from "./HarmlessText.ts"
import * as Limits from "./LinkedLimits.ts"
import * as TextLedger from "./TextLedger.ts"

/** A text with a header whose bare copy is awaited. */
interface Pair {
  readonly member: Member
  readonly text: string
  readonly at: number
  /** Whether it is counted and shown: its client is taken for the other server. */
  readonly isFramed: boolean
}

export interface LinkedPeer {
  /** The connection that this server has opened, while there is one. */
  readonly server: Member | undefined
  /** The client that is the other server, if one is. */
  readonly inbound: Member | undefined
  /** When a text of its own has shown that; Infinity before. A text of ours that has returned may also be a client's that says the same. */
  readonly provenAt: number
  /** Whether it sends our texts back by a header, as published servers do. If not, what it sends by a header is all that it has to say. */
  readonly returns: boolean | undefined
  /** Clients that may be the other server: those that have said nothing that it has not. */
  readonly unknown: HashSet.HashSet<Member>
  readonly ledger: TextLedger.TextLedger
  /** Reads of the bare stream that wait. */
  readonly reads: BareStream.BareStream
  readonly pairs: ReadonlyArray<Pair>
}

export const start: LinkedPeer = {
  server: undefined,
  inbound: undefined,
  provenAt: Infinity,
  returns: undefined,
  unknown: HashSet.empty(),
  ledger: TextLedger.empty,
  reads: [],
  pairs: []
}

/** What is to be done with a text, in hexadecimal digits. */
export type Act =
  /** To all clients. */
  | { readonly _tag: "Show"; readonly text: string }
  /** To the other server. */
  | { readonly _tag: "Send"; readonly text: string }
  /** There are too many texts to tell new ones from those that return: it was not passed on to, or from, the other server. */
  | { readonly _tag: "Drop"; readonly text: string }

export type Step = readonly [peer: LinkedPeer, acts: ReadonlyArray<Act>]

/** When `woken` is due; Infinity for never. */
export const deadline = (peer: LinkedPeer): number => {
  const { ledger, pairs: [pair], reads: [read] } = peer
  return Math.min(
    ledger.pruneAt,
    pair === undefined ? Infinity : pair.at + Limits.copyMillis,
    read === undefined ? Infinity : read.at + new Turn(peer, read.at).waitOf()
  )
}

/** A client has connected. */
export const joined = (peer: LinkedPeer, member: Member): LinkedPeer => ({
  ...peer,
  unknown: HashSet.add(peer.unknown, member)
})

/** A connection has ended, to the other server or of a client. */
export const left = (peer: LinkedPeer, member: Member, now: number): Step => {
  const turn = new Turn(peer, now)
  if (member === peer.server) turn.lose()
  else turn.remove(member)
  return turn.step()
}

/** A client, or the other server as one, has said a text, which is not empty. */
export const said = (peer: LinkedPeer, member: Member, text: string, now: number): Step => {
  const turn = new Turn(peer, now)
  turn.take(member, text)
  turn.read()
  return turn.step()
}

/** A read of the bare stream. */
export const received = (peer: LinkedPeer, text: string, now: number): Step => {
  const turn = new Turn({ ...peer, reads: [...peer.reads, { text, at: now }] }, now)
  turn.read()
  return turn.step()
}

export const woken = (peer: LinkedPeer, now: number): Step => {
  const returns = peer.returns ?? TextLedger.returns(peer.ledger, peer.provenAt, now)
  const turn = new Turn({ ...peer, returns, ledger: TextLedger.pruned(peer.ledger, now) }, now)
  turn.judge()
  turn.read()
  return turn.step()
}

/** One input: it replaces the peer step by step, and gathers what is to be done. */
class Turn {
  #peer: LinkedPeer
  readonly #now: number
  readonly #acts: Array<Act> = []

  constructor(peer: LinkedPeer, now: number) {
    this.#peer = peer
    this.#now = now
  }

  readonly step = (): Step => [this.#peer, this.#acts]

  take(member: Member, text: string): void {
    const { inbound, pairs, server, unknown } = this.#peer
    if (member === inbound) return this.#takeFramed(member, text)
    if (server === undefined || inbound !== undefined || !HashSet.has(unknown, member)) return this.#say(text)
    this.#set({ pairs: [...pairs, { member, text, at: this.#now, isFramed: false }] })
    this.#match()
    const [first] = this.#peer.pairs
    if (first !== undefined && this.#peer.pairs.length > Limits.pairs) this.#acquit(first.member)
  }

  /** Divides the bare stream into texts, as far as its division is certain. */
  read(): void {
    if (this.#isPlain()) return this.#set({ reads: [] })
    for (let read = this.#peer.reads[0]; read !== undefined; read = this.#peer.reads[0]) {
      const { found } = this.#compared()
      if (found === undefined && this.#now < read.at + this.waitOf()) return
      this.#cut(found ?? BareStream.first(this.#peer.reads).text)
    }
  }

  /** The wait of the first read for what tells its texts apart. */
  waitOf(): number {
    const { inbound, pairs, reads, server, unknown } = this.#peer
    if (server === undefined || BareStream.digitsOf(reads) > Limits.heldDigits) return 0
    if (inbound !== undefined || this.#compared().isBeginning) return Limits.copyMillis
    return pairs.length > 0 || HashSet.size(unknown) > 0 || BareStream.first(reads).isCut ? Limits.holdMillis : 0
  }

  /** Texts whose copy has not come in time are those of clients. */
  judge(): void {
    for (const { at, member } of this.#peer.pairs) if (at + Limits.copyMillis <= this.#now) this.#acquit(member)
  }

  /** The connection to the other server has ended. */
  lose(): void {
    this.#set({ server: undefined })
    this.read()
    const { pairs } = this.#peer
    this.#set({ pairs: [] })
    for (const { isFramed, text } of pairs) if (!isFramed) this.#show(text)
  }

  remove(member: Member): void {
    const { inbound, pairs, unknown } = this.#peer
    const own = pairs.filter((pair) => pair.member === member && !pair.isFramed)
    this.#set({ unknown: HashSet.remove(unknown, member), pairs: pairs.filter((pair) => pair.member !== member) })
    if (inbound === member) this.#set(lost)
    // Its last texts were not found in the bare stream so far: the other server does not leave so fast.
    for (const { text } of own) this.#say(text)
  }

  /** Whether the texts with a header tell everything. */
  #isPlain(): boolean {
    return this.#peer.inbound !== undefined && this.#peer.returns === false
  }

  #set(change: Partial<LinkedPeer>): void {
    this.#peer = { ...this.#peer, ...change }
  }

  #count(text: string, event: TextLedger.TextEvent): number {
    return TextLedger.count(this.#peer.ledger, text, event, this.#now)
  }

  /** False if there are too many events: then the text is dropped. */
  #add(text: string, event: TextLedger.TextEvent): boolean {
    const { ledger } = this.#peer
    const fits = TextLedger.hasRoom(ledger, text)
    if (fits) this.#set({ ledger: TextLedger.add(ledger, text, event, this.#now) })
    else this.#acts.push({ _tag: "Drop", text })
    return fits
  }

  #show(text: string): void {
    this.#acts.push({ _tag: "Show", text })
  }

  /** A text of a client. */
  #say(text: string): void {
    this.#show(text)
    this.#send(text)
  }

  #send(text: string): void {
    const kept = digitsOf(text)
    if (kept === "" || this.#peer.server === undefined || !this.#add(kept, "sent")) return
    this.#acts.push({ _tag: "Send", text: kept })
  }

  /** A text that the other server has sent on its own connection. */
  #takeFramed(member: Member, text: string): void {
    if (this.#isPlain()) return this.#show(text)
    if (!this.#add(text, "framed")) return
    this.#settle(text)
    const { pairs, provenAt, server } = this.#peer
    if (provenAt !== Infinity || server === undefined) return
    this.#set({ pairs: [...pairs, { member, text, at: this.#now, isFramed: true }] })
    this.#match()
  }

  /** Shows a text as often as the other server has delivered it. */
  #settle(text: string): void {
    const delivered = Math.max(this.#count(text, "bare"), this.#count(text, "framed")) - this.#count(text, "sent")
    while (this.#count(text, "shown") < delivered && this.#add(text, "shown")) this.#show(text)
  }

  /** Finds the bare copies of the texts that wait for one. */
  #match(): void {
    const isFound = ({ text }: Pair) => this.#count(text, "bare") > this.#count(text, "paired")
    for (let pair = this.#peer.pairs.find(isFound); pair !== undefined; pair = this.#peer.pairs.find(isFound)) {
      const { member, text } = pair
      const found = pair
      this.#set({ pairs: this.#peer.pairs.filter((one) => one !== found) })
      if (!this.#add(text, "paired")) return
      // The bare copy of a text that this server has sent is expected, whichever client says the same.
      const isOwn = this.#count(text, "bare") > this.#count(text, "sent")
      if (!pair.isFramed) this.#identify(member, text, isOwn)
      else if (isOwn) this.#set({ provenAt: this.#now, pairs: this.#peer.pairs.filter((one) => !one.isFramed) })
    }
  }

  /** The client is the other server; `text` is what shows it. */
  #identify(member: Member, text: string, isOwn: boolean): void {
    const { pairs } = this.#peer
    const found = isOwn ? { provenAt: this.#now, returns: undefined } : { provenAt: Infinity, returns: true }
    this.#set({ inbound: member, pairs: [], ...found })
    if (this.#add(text, "framed")) this.#settle(text)
    for (const one of pairs) {
      if (one.member === member) this.#takeFramed(member, one.text)
      else this.#say(one.text)
    }
  }

  /** The client is not the other server. */
  #acquit(member: Member): void {
    const { inbound, pairs, unknown } = this.#peer
    this.#set({ unknown: HashSet.remove(unknown, member), pairs: pairs.filter((pair) => pair.member !== member) })
    if (inbound === member) this.#set(lost)
    for (const pair of pairs.filter((one) => one.member === member)) {
      if (pair.isFramed) this.#send(pair.text)
      else this.#say(pair.text)
    }
  }

  /** The bare stream beside the texts that must come in it. */
  #compared(): ReturnType<typeof BareStream.compared> {
    const { ledger, pairs, reads } = this.#peer
    const sent = (text: string) => this.#count(text, "sent")
    const framed = (text: string) => this.#count(text, "framed")
    const bare = (text: string) => this.#count(text, "bare")
    const counted = Array.from(TextLedger.texts(ledger), (text): BareStream.Expected => ({
      text,
      // A text that has returned by a header is one of those that were sent; or another one that says the same.
      times: () => Math.max(sent(text), framed(text)) - bare(text),
      most: () => sent(text) + framed(text) - bare(text)
    }))
    const awaited = pairs.filter(({ isFramed }) => !isFramed).map(({ text }) => ({
      text,
      times: () => 1,
      most: () => 1
    }))
    return BareStream.compared(reads, [...counted, ...awaited])
  }

  /** Takes a text from the beginning of the bare stream. */
  #cut(text: string): void {
    this.#set({ reads: BareStream.without(this.#peer.reads, text.length) })
    if (!this.#add(text, "bare")) return
    this.#settle(text)
    this.#match()
  }
}

/** No client is the other server. */
const lost = { inbound: undefined, provenAt: Infinity, returns: undefined }
