import { describe, expect, it } from "vitest"
import { encodedEvent } from "../../../../src/protocol/conversation/client/EncodedMessage.ts"
import { type Beginning, type PageRead, ReaderRoom } from "../../../../src/protocol/conversation/client/ReaderRoom.ts"
import type { ServerMessage } from "../../../../src/protocol/conversation/client/ServerMessage.ts"
import type { Event } from "../../../../src/protocol/conversation/Event.ts"
import { comparePlaces } from "../../../../src/protocol/conversation/RoomOrder.ts"
import { hasEvent, raise, type Vector } from "../../../../src/protocol/conversation/Vector.ts"
import { Random } from "../../../simulation/Random.ts"
import { originOf, Scene } from "../plainEvents.ts"

/** A room whose store answers when the test wants, and one reader of it. */
class World {
  readonly scene = new Scene("hall")
  readonly stored: Array<Event> = []
  readonly told = new Map<string, number>()
  readonly messages: Array<ServerMessage> = []
  readonly room: ReaderRoom
  #untold: Array<Event> = []

  constructor(beginning: Partial<Beginning>, before = 0) {
    for (let at = 0; at < before; at++) this.record("ala@alpha")
    this.tell()
    this.room = new ReaderRoom({
      room: "hall",
      access: "public",
      told: this.told,
      everywhere: () => new Map(),
      powerEvents: () => [],
      people: () => []
    }, { cursor: undefined, last: 3, mark: new Map(), ...beginning })
  }

  record(author: string, clock = this.scene.events.length + 1): void {
    this.add(this.scene.add(author, "said", { text: "x" }, { clock }))
  }

  add(event: Event): void {
    this.stored.push(event)
    this.stored.sort(comparePlaces)
    this.#untold.push(event)
  }

  /** Passes on what was recorded; `hasRoom` of the queue for this many. */
  tell(hasRoom = Infinity): void {
    const events = this.#untold
    this.#untold = []
    for (const { origin, seq } of events) raise(this.told, new Map([[origin, seq]]))
    let left = hasRoom
    this.room?.onEvents(events.map(encodedEvent), ({ text }) => {
      if (left-- <= 0) return false
      this.messages.push(JSON.parse(text))
      return true
    })
  }

  page(read: PageRead): ReadonlyArray<Event> {
    if (read._tag === "After") return this.stored.filter((event) => !hasEvent(read.vector, event)).slice(0, read.limit)
    const { place } = read
    return this.stored.filter((event) => place === undefined || comparePlaces(event, place) < 0).slice(-read.limit)
  }

  /** Takes one message. */
  take(): boolean {
    const message = this.room.next()
    if (message !== undefined) this.messages.push(JSON.parse(message.text))
    return message !== undefined
  }

  /** Reads and takes everything. */
  settle(): void {
    for (;;) {
      while (this.take());
      const read = this.room.nextRead()
      if (read === undefined) return
      this.room.onPage(read, this.page(read))
    }
  }

  get events(): ReadonlyArray<Event> {
    return this.messages.flatMap((message) => message.t === "event" ? [message.event] : [])
  }

  get seqs(): ReadonlyArray<number> {
    return this.events.map(({ seq }) => seq)
  }
}

const alpha = originOf("alpha")

describe("a room of a reader", () => {
  it("begins with the last events, and counts the others as had", () => {
    const world = new World({}, 5)
    world.settle()
    expect(world.messages.map(({ t }) => t)).toEqual(["opened", "people", "have", "event", "event", "event", "live"])
    expect(world.messages[2]).toMatchObject({ vector: { [alpha]: 2 } })
    expect(world.seqs).toEqual([3, 4, 5])
    world.record("ala@alpha")
    world.tell()
    expect(world.seqs).toEqual([3, 4, 5, 6])
  })

  it("begins with none, or with more than a page", () => {
    const none = new World({ last: 0 }, 5)
    none.settle()
    expect([none.seqs, none.messages[2]]).toMatchObject([[], { t: "have", vector: { [alpha]: 5 } }])
    const many = new World({ last: 250 }, 400)
    many.settle()
    expect([many.seqs.length, many.seqs[0], many.seqs.at(-1)]).toEqual([250, 151, 400])
  })

  it("begins with all that a cursor lacks, in pages, each when the one before was taken", () => {
    const world = new World({ cursor: new Map([[alpha, 10], [originOf("gamma"), 3]]) }, 250)
    while (world.take());
    const read = world.room.nextRead()
    expect(read).toMatchObject({ _tag: "After", limit: 100 })
    if (read !== undefined) world.room.onPage(read, world.page(read))
    expect(world.room.nextRead()).toBeUndefined()
    for (let at = 0; at < 99; at++) world.take()
    expect(world.room.nextRead()).toBeUndefined()
    world.take()
    expect(world.room.nextRead()).toMatchObject({ _tag: "After" })
    expect(world.seqs).toEqual(Array.from({ length: 100 }, (_, at) => at + 11))
  })

  it("has no event again that the client has from another server", () => {
    const world = new World({ cursor: new Map([[alpha, 2]]) }, 1)
    world.settle()
    world.record("ala@alpha")
    world.record("ala@alpha")
    world.tell()
    expect([world.seqs, world.room.cursorEntries]).toEqual([[3], 1])
  })

  it("is long past a purge", () => {
    const world = new World({ cursor: new Map() }, 3)
    world.stored.splice(0, 3)
    world.settle()
    expect(world.messages.at(-1)).toEqual({ t: "live", room: "hall" })
  })

  it("reads on from the store when live events do not fit", () => {
    const world = new World({}, 1)
    world.settle()
    for (let at = 0; at < 4; at++) world.record("ala@alpha")
    world.tell(1)
    world.record("ala@alpha")
    world.tell()
    expect(world.seqs).toEqual([1, 2])
    world.settle()
    expect(world.seqs).toEqual([1, 2, 3, 4, 5, 6])
    expect(world.messages.filter(({ t }) => t === "live").length).toBe(1)
    world.record("ala@alpha")
    world.tell()
    expect(world.seqs.at(-1)).toBe(7)
  })

  it("gives the past in pages, and says where it begins", () => {
    const world = new World({}, 10)
    world.settle()
    const first = world.events[0]!
    world.room.askPast(first, 4)
    world.settle()
    expect([world.seqs.slice(3), world.messages.at(-1)]).toEqual([[4, 5, 6, 7], {
      t: "past",
      room: "hall",
      isStart: false
    }])
    world.room.askPast(world.events[3]!, 4)
    world.settle()
    expect([world.seqs.slice(7), world.messages.at(-1)]).toEqual([[1, 2, 3], {
      t: "past",
      room: "hall",
      isStart: true
    }])
  })

  it("keeps what the account has read", () => {
    const world = new World({ mark: new Map([[alpha, 2]]) }, 5)
    world.settle()
    expect(world.messages[3]).toEqual({ t: "mark", room: "hall", vector: { [alpha]: 2 } })
    const unknown: Vector = new Map([[alpha, 4], [originOf("gamma"), 9]])
    expect([world.room.onMark(unknown), world.room.onMark(unknown)]).toEqual([new Map([[alpha, 4]]), new Map()])
  })

  it("has each event once and those of one origin in order, in random play", () => {
    for (let seed = 1; seed <= 300; seed++) play(new Random(seed))
  })
})

const people = ["ala@alpha", "bo@beta", "cyr@gamma"] as const

const play = (random: Random): void => {
  const cursor = random.chance(0.5) ? new Map<string, number>() : undefined
  const world = new World({ cursor, last: random.integer(0, 150) }, random.integer(0, 200))
  const reads: Array<readonly [PageRead, ReadonlyArray<Event>]> = []
  for (let step = 0; step < 300; step++) {
    const action = random.integer(1, 10)
    if (action <= 3) {
      // Events of other servers stand before events that are here already; those of one origin go up.
      const author = random.pick(people)
      const last = world.scene.events.findLast((event) => event.author === author)
      world.record(author, Math.max((last?.clock ?? 0) + 1, world.scene.events.length - random.integer(0, 20)))
    } else if (action <= 5) world.tell(random.pick([Infinity, 0, 1, 2]))
    else if (action <= 8) world.take()
    else {
      const read = world.room.nextRead()
      // The store may answer with what was recorded meanwhile.
      if (read !== undefined) reads.push([read, []])
      const first = random.chance(0.7) ? reads.shift() : undefined
      if (first !== undefined) world.room.onPage(first[0], world.page(first[0]))
    }
  }
  world.tell()
  for (const [read] of reads) world.room.onPage(read, world.page(read))
  world.settle()
  const have = new Map<string, number>()
  for (const message of world.messages) {
    if (message.t === "have") raise(have, new Map(Object.entries(message.vector)))
    if (message.t !== "event") continue
    expect(message.event.seq).toBe((have.get(message.event.origin) ?? 0) + 1)
    have.set(message.event.origin, message.event.seq)
  }
  expect(have).toEqual(world.told)
  expect(world.messages.filter(({ t }) => t === "live").length).toBe(1)
}
