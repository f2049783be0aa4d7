import { describe, expect, it } from "vitest"
import type { ClientEvent } from "../../../../src/protocol/conversation/client/ClientView.ts"
import { RoomsClient } from "../../../../src/protocol/conversation/client/RoomsClient.ts"
import type { Event } from "../../../../src/protocol/conversation/Event.ts"
import { hasEvent } from "../../../../src/protocol/conversation/Vector.ts"
import { Random } from "../../../simulation/Random.ts"
import { ModelConnection, ModelServer, room, settle } from "./modelServers.ts"

const said = (text: string) => ({ kind: "said", body: { text }, re: undefined })
const textsOf = (events: ReadonlyArray<Event>) =>
  events.flatMap(({ body, kind }) => kind === "said" ? [String(body?.["text"])] : [])
const linesOf = (client: RoomsClient) =>
  (client.roomView(room)?.timeline.lines ?? []).map((line) => line._tag === "Said" ? line.text : line._tag)

const connect = (client: RoomsClient, server: ModelServer, nick = "ala"): ModelConnection => {
  const connection = new ModelConnection(server)
  client.connecting(server.name)
  client.connected({ as: "guest", nick })
  settle(client, connection)
  return connection
}

describe("a client of rooms", () => {
  it("shows the last events of a room, its own posts, and how far they came", () => {
    const alpha = new ModelServer("alpha")
    for (let at = 1; at <= 60; at++) alpha.post({ author: "bo@alpha", device: "b" }, { n: at, ...said(`old ${at}`) })
    const client = new RoomsClient("d")
    expect(client.openRoom(room)).toBeUndefined()
    const connection = connect(client, alpha)
    expect(client.view.connection).toEqual({
      _tag: "Connected",
      server: "alpha",
      author: "~ala@alpha",
      nick: "ala",
      isGuest: true
    })
    expect(client.roomView(room)).toMatchObject({ isLive: true, isWhole: false, unread: 0, access: "public" })
    expect(linesOf(client)).toHaveLength(50)

    expect(client.post(room, said("hello"), 5)).toBe(1)
    expect(client.roomView(room)?.unrecorded).toMatchObject([{ n: 1, state: "waiting", time: 5 }])
    settle(client, connection)
    const view = client.roomView(room)!
    expect(view.unrecorded).toEqual([])
    const line = view.timeline.lines.at(-1)!
    expect([line._tag, view.progressOf(line)]).toEqual(["Said", "recorded"])
    expect(view.progressOf(view.timeline.lines[0]!)).toBeUndefined()
    alpha.tellEverywhere(alpha.vector)
    settle(client, connection)
    expect(client.roomView(room)!.progressOf(line)).toBe("everywhere")

    alpha.post({ author: "bo@alpha", device: "b" }, { n: 61, ...said("new") })
    settle(client, connection)
    expect(client.roomView(room)?.unread).toBe(1)
    client.toggleIgnored("bo@alpha")
    expect(client.roomView(room)?.unread).toBe(0)
    client.toggleIgnored("bo@alpha")
    client.markRead(room)
    expect(client.roomView(room)?.unread).toBe(0)
    expect(client.pollTransmit(0)).toMatchObject({ t: "mark", room })
    expect(client.pollTransmit(0)).toBeUndefined()
  })

  it("reads the past page by page, in its place and not as late, with what counts from before", () => {
    const alpha = new ModelServer("alpha")
    alpha.post({ author: "operator@alpha", device: "o" }, { n: 1, kind: "topic", body: { text: "pigeons" } })
    for (let at = 1; at <= 180; at++) alpha.post({ author: "bo@alpha", device: "b" }, { n: at, ...said(`old ${at}`) })
    const client = new RoomsClient("d")
    client.openRoom(room, { last: 20 })
    const connection = connect(client, alpha)
    expect(linesOf(client)).toEqual(textsOf(alpha.log.all).slice(-20))
    expect(client.roomView(room)?.timeline.topic).toBe("pigeons")
    expect(client.readPast(room)).toBeUndefined()
    expect(client.roomView(room)?.isReadingPast).toBe(true)
    settle(client, connection)
    expect(linesOf(client)).toEqual(textsOf(alpha.log.all).slice(-120))
    expect(client.roomView(room)).toMatchObject({ isReadingPast: false, isWhole: false, unread: 0 })
    client.readPast(room)
    settle(client, connection)
    expect(linesOf(client)).toEqual(["Topic", ...textsOf(alpha.log.all)])
    expect(client.roomView(room)?.timeline.lines.some(({ isLate }) => isLate)).toBe(false)
    expect(client.roomView(room)?.isWhole).toBe(true)
    expect(client.readPast(room)).toBe("there are no earlier messages")
  })

  it("goes on at the same server without a gap, and repeats a post whose answer was lost", () => {
    const alpha = new ModelServer("alpha")
    const client = new RoomsClient("d")
    client.openRoom(room)
    const connection = connect(client, alpha)
    client.post(room, said("one"), 0)
    client.post(room, said("two"), 0)
    connection.toServer.push(client.pollTransmit(0)!)
    expect(client.pollTransmit(0)).toBeUndefined()
    connection.handleOne()
    connection.close()
    client.lost("the server is silent", 7)
    expect(client.view.connection).toEqual({ _tag: "Lost", server: "alpha", reason: "the server is silent" })
    alpha.post({ author: "bo@alpha", device: "b" }, { n: 1, ...said("meanwhile") })
    connect(client, alpha)
    expect(textsOf(alpha.log.all)).toEqual(["one", "meanwhile", "two"])
    expect(linesOf(client)).toEqual(["one", "meanwhile", "two"])
    expect(client.roomView(room)?.notices.map(({ kind, text }) => [kind, text])).toEqual([
      ["lost", "the server is silent"],
      ["resumed", "connected to alpha as ala"]
    ])
  })

  it("asks the person about a post that another server may have, and sends what was never sent", () => {
    const [alpha, beta] = [new ModelServer("alpha"), new ModelServer("beta")]
    const client = new RoomsClient("d")
    client.openRoom(room)
    const connection = connect(client, alpha)
    client.post(room, said("one"), 0)
    client.post(room, said("two"), 0)
    connection.toServer.push(client.pollTransmit(0)!)
    connection.close()
    client.lost("gone", 0)
    const other = connect(client, beta)
    expect(client.roomView(room)?.unrecorded).toMatchObject([{ n: 1, state: "doubtful" }])
    expect(textsOf(beta.log.all)).toEqual(["two"])
    // It was recorded after all, and the link brings it.
    connection.handleOne()
    beta.takeFrom(alpha)
    settle(client, other)
    expect(client.roomView(room)?.unrecorded).toEqual([])

    client.post(room, said("three"), 0)
    client.pollTransmit(0)
    client.lost("gone", 0)
    const third = connect(client, alpha)
    expect(client.takeBack(room, 9)).toBeUndefined()
    expect(client.postAgain(room, 3, 0)).toBe(4)
    settle(client, third)
    expect(linesOf(client).toSorted()).toEqual(["one", "three", "two"])
  })

  it("waits when the server wants it to, and takes a post back that is refused for good", () => {
    const client = new RoomsClient("d")
    client.openRoom(room)
    const connection = connect(client, new ModelServer("alpha"))
    client.pollEvents()
    client.post(room, said("one"), 0)
    client.post(room, said("two"), 0)
    expect(client.pollTransmit(0)).toMatchObject({ t: "post", n: 1 })
    client.receive({ t: "refused", what: "post", room, n: 1, reason: "too many", waitMillis: 50 }, 100)
    expect(client.deadline).toBe(150)
    expect(client.pollTransmit(149)).toBeUndefined()
    expect(client.pollTransmit(150)).toMatchObject({ t: "post", n: 1 })
    expect(client.deadline).toBe(Infinity)
    client.receive({ t: "refused", what: "post", room, n: 1, reason: "you are muted" }, 150)
    expect(client.pollEvents()).toMatchObject([{ _tag: "Unposted", post: { body: { text: "one" } } }])
    expect(client.roomView(room)?.notices).toMatchObject([{ kind: "refused", text: "you are muted" }])
    settle(client, connection, 150)
    expect(linesOf(client)).toEqual(["two"])
  })

  it("makes a room that is not there, and does not make one twice", () => {
    const client = new RoomsClient("d")
    client.openRoom("new", { orMake: { access: "public" } })
    client.connected({ as: "guest" })
    const welcome = { t: "welcome", v: 1, server: "alpha", author: "~a@alpha", nick: "a", isGuest: true, servers: [] }
    client.receive({ ...welcome, t: "welcome", v: 1 }, 0)
    const sent = () => {
      const all = []
      for (let next = client.pollTransmit(0); next !== undefined; next = client.pollTransmit(0)) all.push(next.t)
      return all
    }
    expect(sent()).toEqual(["hello", "open"])
    client.receive({ t: "refused", what: "open", room: "new", reason: "there is no room new" }, 0)
    expect(sent()).toEqual(["make"])
    client.lost("gone", 0)
    client.connected({ as: "guest" })
    client.receive({ ...welcome, t: "welcome", v: 1 }, 0)
    expect(sent()).toEqual(["hello", "open"])
    client.receive({ t: "opened", room: "new", access: "public" }, 0)
    client.receive({ t: "live", room: "new" }, 0)
    expect(client.roomView("new")).toMatchObject({ isLive: true, isWhole: true, refusal: undefined })
    client.pollEvents()
    expect(client.makeRoom("other", "private")).toBeUndefined()
    expect(sent()).toEqual(["make"])
    client.receive({ t: "refused", what: "make", room: "other", reason: "other is there already" }, 0)
    expect(client.pollEvents().map(({ _tag }) => _tag)).toEqual(["Refused", "Closed"])
    expect(client.roomView("other")).toBeUndefined()
  })

  it("misses nothing, sees nothing twice and posts nothing twice, whatever connections break", () => {
    for (let seed = 1; seed <= 150; seed++) world(seed)
  })
})

interface Party {
  readonly nick: string
  readonly client: RoomsClient
  readonly texts: Array<string>
  readonly events: Array<ClientEvent>
  connection: ModelConnection | undefined
}

/** Three people, two servers and a link between them; everything breaks, then everything is well. */
const world = (seed: number): void => {
  const random = new Random(seed)
  const servers = [new ModelServer("alpha"), new ModelServer("beta")] as const
  const partyOf = (nick: string): Party => {
    const client = new RoomsClient(nick)
    client.openRoom(room, { last: random.integer(0, 20) })
    return { nick, client, texts: [], events: [], connection: undefined }
  }
  const parties = [partyOf("ala"), partyOf("bo"), partyOf("cyr")] as const
  let now = 0
  const leave = (party: Party) => {
    if (party.connection === undefined) return
    party.connection.close()
    party.connection = undefined
    party.client.lost("gone", now)
  }
  const join = (party: Party, server: ModelServer, isRefused: () => boolean) => {
    leave(party)
    party.connection = new ModelConnection(server, { isRefused })
    party.client.connecting(server.name)
    party.client.connected({ as: "guest", nick: party.nick })
  }
  const step = (party: Party) => {
    const { client, connection } = party
    if (connection === undefined) return
    const kind = random.integer(1, 3)
    if (kind === 1) {
      const next = client.pollTransmit(now)
      if (next !== undefined) connection.toServer.push(next)
    } else if (kind === 2) connection.handleOne()
    else for (const message of connection.toClient.splice(0, random.integer(1, 8))) client.receive(message, now)
    party.events.push(...client.pollEvents())
  }
  for (let at = 0; at < 600; at++) {
    now++
    const party = random.pick(parties)
    const chance = random.integer(1, 100)
    if (chance <= 4) join(party, random.pick(servers), () => random.chance(0.1))
    else if (chance <= 6) leave(party)
    else if (chance <= 8) servers[random.integer(0, 1)]!.takeFrom(servers[random.integer(0, 1)]!)
    else if (chance <= 16) {
      const text = `${party.nick} ${party.texts.length + 1}`
      if (typeof party.client.post(room, said(text), now) === "number") party.texts.push(text)
    } else step(party)
  }
  servers[0].takeFrom(servers[1])
  servers[1].takeFrom(servers[0])
  for (const party of parties) {
    join(party, random.pick(servers), () => false)
    settle(party.client, party.connection!, now + 100)
    party.events.push(...party.client.pollEvents())
  }
  servers[0].takeFrom(servers[1])
  servers[1].takeFrom(servers[0])
  for (const party of parties) {
    settle(party.client, party.connection!, now + 100)
    party.events.push(...party.client.pollEvents())
  }
  const log = servers[0].log.all
  const texts = textsOf(log)
  expect(new Set(texts).size).toBe(texts.length)
  for (const { client, events, nick, texts: own } of parties) {
    const seen = events.flatMap((event) => event._tag === "Recorded" ? [event.event] : [])
    const last = new Map<string, number>()
    for (const { origin, seq } of seen) {
      // From the first one on, each is the next of its origin.
      if (last.has(origin)) expect(seq).toBe((last.get(origin) ?? 0) + 1)
      last.set(origin, seq)
    }
    const first = new Set(seen.map(({ origin, seq }) => `${origin} ${seq}`))
    expect(linesOf(client)).toEqual(textsOf(log.filter(({ origin, seq }) => first.has(`${origin} ${seq}`))))
    expect(log.every((event) => hasEvent(client.cursorOf(room), event))).toBe(true)
    // What is not in the log is doubtful, and the person knows.
    const unrecorded = client.roomView(room)?.unrecorded ?? []
    expect(unrecorded.every(({ state }) => state === "doubtful")).toBe(true)
    const missing = unrecorded.map(({ body }) => body["text"])
    expect([...texts.filter((text) => text.startsWith(nick)), ...missing].toSorted()).toEqual(own.toSorted())
  }
}
