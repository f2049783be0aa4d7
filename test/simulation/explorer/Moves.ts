/**
 * What can happen next in a world: the whole of its rules. A state is four numbers: of the client's state, of the server's,
 * of the bag of datagrams on their way, and of the faults that are left.
 *
 * - A datagram is delivered at any time until it is `lateMillis` old, in any order; then it must have been delivered, and
 *   time waits for it. Delivery takes no time.
 * - It is lost while it is new: one that is lost later has done nothing in between. It is doubled when it is delivered: the
 *   copy stays on its way. A damaged one is a DAT whose CRC is wrong; other damaged datagrams are lost ones.
 * - A timer fires when it is due; at one instant datagrams come before and after it.
 * - Applications act at any time that the world gives them.
 * - Time goes to the next deadline, but in steps of `stepMillis` while something is on its way or somebody may act.
 * - What is sent to a sender that is closed is not looked at any more: it is dropped at once.
 */
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import {
  act,
  type Client,
  clientDeadline,
  clientHears,
  clientKey,
  clientTimesOut,
  firstClient,
  mayAct
} from "./Client.ts"
import { CoreKey } from "./CoreKey.ts"
import { Locals, type Taken } from "./Locals.ts"
import {
  crashed,
  firstServer,
  isAway,
  isBlank,
  mayStore,
  type Server,
  serverDeadline,
  serverHears,
  serverKey,
  serverTimesOut,
  store
} from "./Server.ts"
import { ageOf, datagramOf, Wire } from "./Wire.ts"
import type { World } from "./World.ts"

export interface State {
  readonly client: number
  readonly server: number
  readonly bag: number
  readonly budget: number
}

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

export interface Move extends State {
  readonly kind: MoveKind
  /** The place in the bag of the datagram that it is about; −1 for none. */
  readonly place: number
  /** Of the time that goes by, in milliseconds. */
  readonly millis: number
  readonly taken: Taken | undefined
}

// Inputs of a side: datagrams by their number, and these.
const timer = 60_000
const application = 60_001
const crash = 60_002

/** Faults that are left, three bits each. */
const unit = { losses: 1, duplicates: 8, damages: 64, crashes: 512, lates: 4096 } as const
const spent = ({ bag, budget, client, server }: State, fault: keyof typeof unit): State => ({
  client,
  server,
  bag,
  budget: budget - unit[fault]
})
const leftOf = (budget: number, fault: keyof typeof unit): number => Math.floor(budget / unit[fault]) & 7

export class Moves {
  readonly world: World
  readonly wire = new Wire()
  readonly #nothing = this.wire.sentNumber([])
  readonly clients: Locals<Client>
  readonly servers: Locals<Server>

  constructor(world: World) {
    this.world = world
    const keys = new CoreKey(world.timing)
    const heard = (input: number): Uint8Array => this.wire.datagram(input).bytes
    this.clients = new Locals<Client>(
      (client) => clientKey(client, keys),
      (client, input) => {
        if (input === timer) return clientTimesOut(client, world)
        return input === application ? act(client, world) : clientHears(client, heard(input), world)
      },
      (frames) => this.wire.sentNumber(frames.map((bytes) => this.wire.numberOf("client", bytes)))
    )
    this.servers = new Locals<Server>(
      (server) => serverKey(server, keys),
      (server, input) => {
        if (input === timer) return serverTimesOut(server, world)
        if (input === crash) return crashed(server, world)
        return input === application ? store(server, world) : serverHears(server, heard(input), world)
      },
      (frames) => this.wire.sentNumber(frames.map((bytes) => this.wire.numberOf("server", bytes)))
    )
  }

  get first(): State {
    const { crashes, damages, duplicates, lates, losses } = this.world
    const budget = losses * unit.losses + duplicates * unit.duplicates + damages * unit.damages +
      crashes * unit.crashes + Math.min(lates, 7) * unit.lates
    const client = this.clients.number(firstClient(this.world))
    return { client, server: this.servers.number(firstServer), bag: this.wire.empty, budget }
  }

  /** Everything that can happen next, in an order that is always the same. */
  from(state: State): ReadonlyArray<Move> {
    const moves: Array<Move> = []
    const client = this.clients.at(state.client)
    const server = this.servers.at(state.server)
    if (client.core.deadline <= client.now) moves.push(this.#client(state, "client timer", timer))
    if (mayAct(client, this.world)) moves.push(this.#client(state, "client acts", application))
    const isServerDue = isAway(server)
      ? server.awayUntil <= server.now
      : (server.core?.deadline ?? Infinity) <= server.now
    if (isServerDue) moves.push(this.#server(state, "server timer", timer))
    if (mayStore(server)) moves.push(this.#server(state, "server acts", application))
    if (leftOf(state.budget, "crashes") > 0 && !isAway(server) && !isBlank(server)) {
      moves.push(this.#server(spent(state, "crashes"), "crash", crash))
    }
    this.#datagrams(state, moves)
    const dueIn = Math.min(
      clientDeadline(client, this.world) - client.now,
      serverDeadline(server, this.world) - server.now
    )
    this.#time(state, client.restingSince !== undefined || mayStore(server), dueIn, moves)
    return moves
  }

  #datagrams(state: State, moves: Array<Move>): void {
    const flights = this.wire.bag(state.bag)
    for (const [place, flying] of flights.entries()) {
      // Equal ones have equal futures.
      if (flying === flights[place - 1]) continue
      const number = datagramOf(flying)
      const { bytes, from } = this.wire.datagram(number)
      const arrives = (at: State, kind: MoveKind, heard: number): void => {
        const stays = kind === "doubled"
        const move = from === "client"
          ? this.#server(at, kind, heard, place, stays)
          : this.#client(at, kind, heard, place, stays)
        moves.push(move)
      }
      arrives(state, "delivered", number)
      if (leftOf(state.budget, "duplicates") > 0) arrives(spent(state, "duplicates"), "doubled", number)
      if (leftOf(state.budget, "damages") > 0 && isFragment(bytes)) {
        arrives(spent(state, "damages"), "damaged", this.wire.numberOf("client", damagedOf(bytes)))
      }
      if (leftOf(state.budget, "losses") > 0 && ageOf(flying) === 0) {
        const { budget, client, server } = spent(state, "losses")
        const bag = this.wire.changed(state.bag, place, this.#nothing)
        moves.push({ client, server, bag, budget, kind: "lost", place, millis: 0, taken: undefined })
      }
    }
  }

  #time(state: State, mayAnybodyAct: boolean, dueIn: number, moves: Array<Move>): void {
    const { lateMillis, lates, stepMillis } = this.world
    const bag = this.wire.bag(state.bag)
    let millis = Math.min(dueIn, bag.length > 0 || mayAnybodyAct ? stepMillis : Infinity)
    let fresh = 0
    for (const flying of bag) {
      const age = ageOf(flying)
      if (age === 0) fresh++
      millis = Math.min(millis, lateMillis - age)
    }
    const newlyLate = lates === Infinity ? 0 : fresh
    if (millis <= 0 || millis === Infinity || newlyLate > leftOf(state.budget, "lates")) return
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
    const bag = this.#isDeaf(taken.to) ? this.wire.without(changed, "server") : changed
    return { client: taken.to, server: state.server, bag, budget: state.budget, kind, place, millis: 0, taken }
  }

  #server(state: State, kind: MoveKind, input: number, place = -1, stays = false): Move {
    const taken = this.servers.take(state.server, input)
    const sent = this.#isDeaf(state.client) ? this.#nothing : taken.sent
    const bag = this.wire.changed(state.bag, stays ? -1 : place, sent)
    return { client: state.client, server: taken.to, bag, budget: state.budget, kind, place, millis: 0, taken }
  }

  #isDeaf(client: number): boolean {
    return this.clients.at(client).core.isClosed
  }
}

/** With one bit of the CRC flipped. */
const damagedOf = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, at) => at === Frame.headerBytes - 1 ? byte ^ 1 : byte)
const isFragment = (bytes: Uint8Array): boolean => {
  const frame = Frame.decode(bytes)
  return typeof frame !== "string" && frame.kind === Frame.Kind.dat
}
