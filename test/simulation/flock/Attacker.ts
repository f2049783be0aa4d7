/** The attacker of a world: it keeps every datagram that it sees, and carries out the attacks of a script. */
import { sealWithCrc } from "../../../src/protocol/flock/handshake/Protection.ts"
import {
  connectionIdOf,
  dataHeaderBytes,
  endOf,
  form,
  formAt,
  headerBytes,
  lowNumberOf,
  resetTokenOf,
  writeHeader,
  writeId,
  writeNumber
} from "../../../src/protocol/flock/wire/Packet.ts"
import { Random } from "../Random.ts"
import type { Timeline } from "../Timeline.ts"
import type { Attack } from "./Attack.ts"
import { Forger } from "./Forger.ts"
import type { Keys } from "./Keys.ts"
import { type Direction, otherAddress, serverAddress, strangersAddress } from "./Network.ts"
import type { FlockScript } from "./Script.ts"
import { crc } from "./WorldParts.ts"

/** What the attacker can do. */
interface Means {
  readonly timeline: Timeline
  readonly keys: Keys
  readonly send: (from: string, to: string, bytes: Uint8Array) => void
  /** The present address of a client; undefined before it has started. */
  readonly addressOf: (client: number) => string | undefined
  readonly onAttack: (kind: string) => void
}

interface Seen {
  readonly direction: Direction
  readonly bytes: Uint8Array
}

type OnStray = (from: string, to: string, bytes: Uint8Array) => void

const seedOfAttacker = 104_729
const tagBytes = 16

export class Attacker {
  readonly keys: Keys
  readonly #means: Means
  readonly #random: Random
  readonly #forger: Forger
  /** By client, the datagrams between it and the server. */
  readonly #seen = new Map<number, Array<Seen>>()
  /** By `client direction nth`, the attacks that a datagram starts. */
  readonly #waiting = new Map<string, Array<readonly [attack: Attack, afterMillis: number]>>()
  /** Receives what a server sends to an address of the attacker. */
  #onStray: OnStray | undefined

  constructor({ attacks = [], seed = 0 }: FlockScript, means: Means) {
    this.keys = means.keys
    this.#means = means
    this.#random = new Random(seed + seedOfAttacker)
    this.#forger = new Forger(means.keys, this.#random)
    for (const attack of attacks) {
      const { when } = attack
      if ("at" in when) means.timeline.at(when.at, () => this.#attack(attack))
      else {
        const key = `${when.link} ${when.nth}`
        this.#waiting.set(key, [...this.#waiting.get(key) ?? [], [attack, when.after]])
      }
    }
  }

  /** A host has sent the nth datagram of a link. */
  onSent(client: number, direction: Direction, nth: number, bytes: Uint8Array): void {
    const seen = this.#seen.get(client) ?? []
    this.#seen.set(client, seen)
    seen.push({ direction, bytes })
    for (const [attack, afterMillis] of this.#waiting.get(`${client}${direction} ${nth}`) ?? []) {
      this.#means.timeline.after(afterMillis, () => this.#attack(attack))
    }
  }

  /** A server has sent a datagram to an address of the attacker. */
  onStray(from: string, to: string, bytes: Uint8Array): void {
    this.#onStray?.(from, to, bytes)
  }

  #attack(attack: Attack): void {
    const datagrams = this.#datagramsOf(attack)
    if (datagrams.length > 0) this.#means.onAttack(`attack: ${attack.attack}`)
    for (const bytes of datagrams) this.#send(attack, bytes)
  }

  #send({ client, from, to }: Attack, bytes: Uint8Array): void {
    const address = this.#means.addressOf(client)
    if (address === undefined) return
    // Another server with the same host key must not answer the client: it would agree with that one.
    const isSpoofed = from === "peer" && !(to === "other" && formAt(bytes, 0) === form.hello)
    const [peer, target] = to === "client"
      ? [serverAddress, address]
      : [address, to === "other" ? otherAddress : serverAddress]
    this.#means.send(isSpoofed ? peer : strangersAddress(from === "peer" ? 0 : from), target, bytes)
  }

  /** The newest datagrams of a direction that begin with a packet of one of these forms, the newest first. */
  #recorded(
    client: number,
    direction: Direction | undefined,
    ...forms: ReadonlyArray<number>
  ): ReadonlyArray<Uint8Array> {
    return (this.#seen.get(client) ?? []).filter((one) =>
      (direction === undefined || one.direction === direction) &&
      (forms.length === 0 || forms.includes(formAt(one.bytes, 0) ?? 0))
    ).map(({ bytes }) => bytes).toReversed()
  }

  #pick(attack: Attack, direction: Direction | undefined, ...forms: ReadonlyArray<number>): Uint8Array | undefined {
    const all = this.#recorded(attack.client, direction, ...forms)
    return all[attack.seen % Math.max(1, all.length)]
  }

  #datagramsOf(attack: Attack): ReadonlyArray<Uint8Array> {
    const { client, to, value } = attack
    const direction = to === "client" ? "down" : "up"
    const list = (bytes: Uint8Array | undefined): ReadonlyArray<Uint8Array> => bytes === undefined ? [] : [bytes]
    switch (attack.attack) {
      case "copy":
        return list(this.#pick(attack, undefined))
      case "flip":
        return list(flipped(this.#pick(attack, direction), value))
      case "cut": {
        const bytes = this.#pick(attack, direction)
        return list(bytes?.subarray(0, value % bytes.length))
      }
      case "join": {
        const [first, second] = [this.#pick(attack, direction), this.#pick({ ...attack, seen: value }, direction)]
        return first === undefined || second === undefined ? [] : [Uint8Array.of(...first, ...second)]
      }
      case "renumber": {
        const bytes = this.#pick(attack, direction, form.data)?.slice()
        if (bytes !== undefined) writeNumber(bytes, 0, lowNumberOf(bytes, 0) + 1 + value)
        return list(bytes)
      }
      case "forge":
        return list(this.#forged(this.#pick({ ...attack, seen: 0 }, direction, form.data), value))
      case "reset": {
        const id = this.#serverId(client)
        return id === undefined ? [] : [this.#forger.reset(id)]
      }
      case "hello2": {
        const hello = this.#pick({ ...attack, seen: 0 }, "up", form.hello)
        return list(hello && this.#forger.hello2(hello))
      }
      case "hello3": {
        const id = this.#serverId(client)
        const genuine = this.#pick({ ...attack, seen: 0 }, "up", form.hello3)
        return id === undefined ? [] : [this.#forger.hello3(id, genuine)]
      }
      case "retry":
      case "version": {
        const hello = this.#pick({ ...attack, seen: 0 }, "up", form.hello)
        return list(hello && this.#forger[attack.attack](hello))
      }
      case "hello":
        return list(this.#forger.hello(this.#pick({ ...attack, seen: 0 }, "up", form.hello), value))
      case "flood":
        this.#flood(value)
        return []
      case "token":
        this.#useToken(attack)
        return []
      case "oracle":
        this.#askOracle(attack)
        return []
    }
  }

  /** The server's id of the newest session of a client. */
  #serverId(client: number): number | undefined {
    const [data] = this.#recorded(client, "up", form.data, form.hello3)
    const [hello2] = this.#recorded(client, "down", form.hello2)
    return data === undefined ? hello2 && this.#forger.serverIdOf(hello2) : connectionIdOf(data, 0)
  }

  /** A packet of another content with the header of a recorded one, and a number that follows. */
  #forged(like: Uint8Array | undefined, value: number): Uint8Array | undefined {
    if (like === undefined) return undefined
    // Some are too short for a tag: a RESET would be longer.
    const length = value % 4 === 0 ? headerBytes + value % 16 : dataHeaderBytes + tagBytes + value % 1200
    const bytes = this.#forger.random(Math.max(length, dataHeaderBytes))
    writeHeader(bytes, 0, form.data, connectionIdOf(like, 0), bytes.length)
    writeNumber(bytes, 0, lowNumberOf(like, 0) + 1 + value % 100)
    return bytes
  }

  #flood(count: number): void {
    this.#means.onAttack("attack: flood")
    for (let stranger = 0; stranger < count; stranger++) {
      const hello = this.#forger.hello(undefined, 0)
      this.#means.send(strangersAddress(1000 + stranger), serverAddress, hello)
    }
  }

  /** Gets a token at one address, and uses it at another. */
  #useToken({ value }: Attack): void {
    const hello = this.#forger.hello(undefined, 0)
    this.#listen((_, __, answer) => {
      const withToken = this.#forger.withToken(hello, answer)
      if (withToken === undefined) return
      this.#means.onAttack("attack: token")
      this.#means.send(strangersAddress(101 + value), serverAddress, withToken)
    }, () => this.#means.send(strangersAddress(100), serverAddress, hello))
  }

  /** Sends a packet of the session to a server that does not know it; `value` is odd: to its own server with another id. */
  #askOracle({ client, to, value }: Attack): void {
    const address = this.#means.addressOf(client)
    const id = this.#serverId(client)
    if (address === undefined || id === undefined) return
    const question = this.#forger.random(60)
    writeHeader(question, 0, form.data, id, question.length)
    if (to !== "other" && value % 2 === 1) writeId(question, 1, id % 2 === 0 ? id + 1 : id - 1)
    this.#listen((_, __, answer) => {
      const token = resetTokenOf(answer, 0, answer.length)
      if (token === undefined) return
      this.#means.onAttack("attack: oracle")
      this.#means.send(serverAddress, address, this.#forger.reset(id, token))
    }, () => this.#means.send(strangersAddress(200), to === "other" ? otherAddress : serverAddress, question))
  }

  /** Receives what `ask` causes at an address of the attacker. */
  #listen(onStray: OnStray, ask: () => void): void {
    this.#onStray = onStray
    ask()
    this.#onStray = undefined
  }
}

/** A datagram with another bit. The CRC-32 of a packet of the handshake is made right: everybody can compute it. */
const flipped = (bytes: Uint8Array | undefined, value: number): Uint8Array | undefined => {
  if (bytes === undefined) return undefined
  const changed = bytes.slice()
  const bit = value % (8 * bytes.length)
  changed[bit >>> 3] = (changed[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
  const end = endOf(changed, 0, changed.length)
  const kind = formAt(changed, 0)
  if (end !== undefined && end > headerBytes + 4 && kind !== undefined && kind !== form.data && kind !== form.reset) {
    sealWithCrc(crc, changed, 0, end - 4)
  }
  return changed
}
