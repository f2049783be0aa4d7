/**
 * The transition rules of a world. A state consists of four numbers: the client's state, the server's state, the
 * multiset ("bag") of datagrams in flight, and the remaining faults.
 *
 * - A datagram is delivered at any time until it is `lateMillis` old, in any order. Time does not advance beyond this
 * age
 *   before its delivery. Delivery takes no time.
 * - A datagram is lost only at age 0, because a later loss would have the same effect. It is duplicated on delivery:
 * the
 *   copy stays in flight. A damaged datagram is a DAT with a wrong CRC; other damage is equal to loss.
 * - A timer fires when it is due; datagrams of the same time may be delivered before and after it.
 * - Applications act at any time that the world allows.
 * - Time advances to the next deadline, but in steps of `stepMillis` while a datagram is in flight or an application
 * may
 *   act.
 * - Datagrams to a closed sender have no effect: they are dropped at once.
 */
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import {
  act,
  type Client,
  clientDeadline,
  clientKey,
  clientReceives,
  clientTimesOut,
  firstClient,
  mayAct
} from "./Client.ts"
import { CoreKey } from "./CoreKey.ts"
import {
  crashed,
  firstServer,
  isDown,
  isInitial,
  mayStore,
  type Server,
  serverDeadline,
  serverKey,
  serverReceives,
  serverTimesOut,
  store
} from "./Server.ts"
import { SideStates, type Taken } from "./SideStates.ts"
import { ageOf, datagramOf, Wire } from "./Wire.ts"
import type { World } from "./World.ts"

/** A state of the world: numbers of its parts. */
export interface State {
  readonly client: number
  readonly server: number
  readonly bag: number
  readonly budget: number
}

/** The kinds of transitions. */
export type MoveKind =
  | "time"
  | "delivered"
  | "doubled"
  | "damaged"
  | "lost"
  | "client timer"
  | "server timer"
  | "client acts"
  | "server acts"
  | "crash"

/** A transition and its target state. */
export interface Move extends State {
  readonly kind: MoveKind
  /** The index in the bag of the affected datagram; −1 for none. */
  readonly place: number
  /** The time that passes. */
  readonly millis: number
  readonly taken: Taken | undefined
}

// Inputs of a side: numbers of datagrams, and these.
const timer = 60_000
const application = 60_001
const crash = 60_002

/** The budget: the remaining faults of each kind, three bits each. */
const unit = { losses: 1, duplicates: 8, damages: 64, crashes: 512, lates: 4096 } as const
const withFault = ({ bag, budget, client, server }: State, fault: keyof typeof unit): State => ({
  client,
  server,
  bag,
  budget: budget - unit[fault]
})
const remaining = (budget: number, fault: keyof typeof unit): number => Math.floor(budget / unit[fault]) & 7

/** The transitions of one world. */
export class Moves {
  readonly world: World
  readonly wire = new Wire()
  readonly #nothing = this.wire.sentNumber([])
  readonly clients: SideStates<Client>
  readonly servers: SideStates<Server>

  constructor(world: World) {
    this.world = world
    const keys = new CoreKey(world.timing)
    const bytesOf = (input: number): Uint8Array => this.wire.datagram(input).bytes
    this.clients = new SideStates<Client>(
      (client) => clientKey(client, keys),
      (client, input) => {
        if (input === timer) return clientTimesOut(client, world)
        return input === application ? act(client, world) : clientReceives(client, bytesOf(input), world)
      },
      (frames) => this.wire.sentNumber(frames.map((bytes) => this.wire.numberOf("client", bytes)))
    )
    this.servers = new SideStates<Server>(
      (server) => serverKey(server, keys),
      (server, input) => {
        if (input === timer) return serverTimesOut(server, world)
        if (input === crash) return crashed(server, world)
        return input === application ? store(server, world) : serverReceives(server, bytesOf(input), world)
      },
      (frames) => this.wire.sentNumber(frames.map((bytes) => this.wire.numberOf("server", bytes)))
    )
  }

  /** The initial state. */
  get first(): State {
    const { crashes, damages, duplicates, lates, losses } = this.world
    const budget = losses * unit.losses + duplicates * unit.duplicates + damages * unit.damages +
      crashes * unit.crashes + Math.min(lates, 7) * unit.lates
    const client = this.clients.number(firstClient(this.world))
    return { client, server: this.servers.number(firstServer), bag: this.wire.empty, budget }
  }

  /** All transitions from a state, in a deterministic order. */
  from(state: State): ReadonlyArray<Move> {
    const moves: Array<Move> = []
    const client = this.clients.at(state.client)
    const server = this.servers.at(state.server)
    if (client.core.deadline <= client.now) moves.push(this.#client(state, "client timer", timer))
    if (mayAct(client, this.world)) moves.push(this.#client(state, "client acts", application))
    const isServerDue = isDown(server)
      ? server.downUntil <= server.now
      : (server.core?.deadline ?? Infinity) <= server.now
    if (isServerDue) moves.push(this.#server(state, "server timer", timer))
    if (mayStore(server)) moves.push(this.#server(state, "server acts", application))
    if (remaining(state.budget, "crashes") > 0 && !isDown(server) && !isInitial(server)) {
      moves.push(this.#server(withFault(state, "crashes"), "crash", crash))
    }
    this.#datagrams(state, moves)
    const dueIn = Math.min(
      clientDeadline(client, this.world) - client.now,
      serverDeadline(server, this.world) - server.now
    )
    this.#time(state, client.idleSince !== undefined || mayStore(server), dueIn, moves)
    return moves
  }

  #datagrams(state: State, moves: Array<Move>): void {
    const flights = this.wire.bag(state.bag)
    for (const [place, inFlight] of flights.entries()) {
      // Equal datagrams have equal transitions.
      if (inFlight === flights[place - 1]) continue
      const number = datagramOf(inFlight)
      const { bytes, from } = this.wire.datagram(number)
      const arrives = (source: State, kind: MoveKind, input: number): void => {
        const stays = kind === "doubled"
        const move = from === "client"
          ? this.#server(source, kind, input, place, stays)
          : this.#client(source, kind, input, place, stays)
        moves.push(move)
      }
      arrives(state, "delivered", number)
      if (remaining(state.budget, "duplicates") > 0) arrives(withFault(state, "duplicates"), "doubled", number)
      if (remaining(state.budget, "damages") > 0 && isFragment(bytes)) {
        arrives(withFault(state, "damages"), "damaged", this.wire.numberOf("client", damagedOf(bytes)))
      }
      if (remaining(state.budget, "losses") > 0 && ageOf(inFlight) === 0) {
        const { budget, client, server } = withFault(state, "losses")
        const bag = this.wire.changed(state.bag, place, this.#nothing)
        moves.push({ client, server, bag, budget, kind: "lost", place, millis: 0, taken: undefined })
      }
    }
  }

  #time(state: State, mayApplicationAct: boolean, dueIn: number, moves: Array<Move>): void {
    const { lateMillis, lates, stepMillis } = this.world
    const bag = this.wire.bag(state.bag)
    let millis = Math.min(dueIn, bag.length > 0 || mayApplicationAct ? stepMillis : Infinity)
    let fresh = 0
    for (const inFlight of bag) {
      const age = ageOf(inFlight)
      if (age === 0) fresh++
      millis = Math.min(millis, lateMillis - age)
    }
    const newlyLate = lates === Infinity ? 0 : fresh
    if (millis <= 0 || millis === Infinity || newlyLate > remaining(state.budget, "lates")) return
    moves.push({
      client: this.clients.aged(state.client, millis),
      server: this.servers.aged(state.server, millis),
      bag: this.wire.aged(state.bag, millis),
      budget: state.budget - newlyLate * unit.lates,
      kind: "time",
      place: -1,
      millis,
      taken: undefined
    })
  }

  #client(state: State, kind: MoveKind, input: number, place = -1, stays = false): Move {
    const taken = this.clients.take(state.client, input)
    const changed = this.wire.changed(state.bag, stays ? -1 : place, taken.sent)
    const bag = this.#isClientClosed(taken.to) ? this.wire.without(changed, "server") : changed
    return { client: taken.to, server: state.server, bag, budget: state.budget, kind, place, millis: 0, taken }
  }

  #server(state: State, kind: MoveKind, input: number, place = -1, stays = false): Move {
    const taken = this.servers.take(state.server, input)
    const sent = this.#isClientClosed(state.client) ? this.#nothing : taken.sent
    const bag = this.wire.changed(state.bag, stays ? -1 : place, sent)
    return { client: state.client, server: taken.to, bag, budget: state.budget, kind, place, millis: 0, taken }
  }

  #isClientClosed(client: number): boolean {
    return this.clients.at(client).core.isClosed
  }
}

/** The frame with one flipped bit in its CRC. */
const damagedOf = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, offset) => offset === Frame.headerBytes - 1 ? byte ^ 1 : byte)
const isFragment = (bytes: Uint8Array): boolean => {
  const frame = Frame.decode(bytes)
  return typeof frame !== "string" && frame.kind === Frame.Kind.dat
}
