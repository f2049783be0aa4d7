import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as ClientLimits from "../../../src/protocol/conversation/client/ClientLimits.ts"
import { raise } from "../../../src/protocol/conversation/Vector.ts"
import { Random } from "../../simulation/Random.ts"
import { accountsWorld } from "../accounts/accountsWorld.ts"
import { readersWorld, type TestClient } from "./readersWorld.ts"

describe("the server of clients of rooms", () => {
  it.scoped("welcomes a guest, opens a room, and shows a post to everybody once", () =>
    Effect.gen(function*() {
      const { connect } = yield* readersWorld()
      const [ala, bo] = [yield* connect(), yield* connect()]
      expect(yield* ala.hello("ala")).toMatchObject({ author: "~ala@alpha.example", nick: "~ala", isGuest: true })
      yield* bo.hello("bo")
      yield* ala.open()
      yield* bo.open()
      ala.post(1, "hello")
      const posted = yield* ala.next("posted")
      yield* bo.until(() => bo.texts().length > 0)
      yield* ala.until(() => ala.texts().length > 0)
      expect([ala.texts(), bo.texts()]).toEqual([["hello"], ["hello"]])
      const [event] = bo.all("event")
      expect(posted).toEqual({ t: "posted", room: "hall", n: 1, event: { origin: event?.event.origin, seq: 1 } })
      // Repeated after a broken connection: it is one post.
      ala.post(1, "hello")
      expect(yield* ala.next("posted")).toEqual(posted)
      yield* bo.next("everywhere")
      expect(bo.texts()).toEqual(["hello"])
    }))

  it.scoped("shows who is here, and tells of joins and leaves in one line", () =>
    Effect.gen(function*() {
      const { connect } = yield* readersWorld()
      const [ala, bo] = [yield* connect(), yield* connect()]
      yield* ala.hello("ala")
      yield* ala.open()
      yield* bo.hello("bo")
      yield* bo.open()
      bo.say({ t: "presence", room: "hall", state: "typing" })
      yield* ala.until(() => ala.all("presence").some(({ state }) => state === "typing"))
      expect(bo.all("people")[0]?.people).toEqual([{ person: "~ala@alpha.example", state: "here" }])
      yield* TestClock.adjust("3 seconds")
      expect(ala.all("moved")).toMatchObject([{
        how: "moved",
        joined: ["~ala@alpha.example", "~bo@alpha.example"],
        left: []
      }])
      yield* bo.leave()
      yield* TestClock.adjust("3 seconds")
      expect(ala.all("moved").at(-1)).toMatchObject({ left: ["~bo@alpha.example"], leftCount: 1 })
      expect(ala.all("presence").at(-1)).toMatchObject({ person: "~bo@alpha.example", state: "gone" })
      ala.say({ t: "rooms" })
      expect((yield* ala.next("rooms")).rooms).toEqual([{ room: "hall", access: "public", people: 1 }])
    }))

  it.scoped("ends a client that does not say who it is, and tells all when it stops", () =>
    Effect.gen(function*() {
      const { connect, readers } = yield* readersWorld()
      const [silent, ala] = [yield* connect(), yield* connect()]
      yield* ala.hello("ala")
      yield* TestClock.adjust(ClientLimits.helloMillis)
      yield* silent.until(() => silent.isEnded)
      expect(silent.messages).toEqual([{ t: "goodbye", reason: "no message has come in time" }])
      yield* readers.stop
      expect([ala.isEnded, ala.messages.at(-1)]).toEqual([true, { t: "goodbye", reason: "the server is stopping" }])
    }))

  it.scoped("refuses floods of posts for a time, and takes them again in order", () =>
    Effect.gen(function*() {
      const { connect, texts } = yield* readersWorld()
      const mal = yield* connect("192.0.2.7")
      yield* mal.hello("mal")
      yield* mal.open()
      for (let n = 1; n <= 40; n++) mal.post(n, `text ${n}`)
      yield* mal.until(() => mal.all("posted").length + mal.all("refused").length === 40)
      const refused = mal.all("refused")
      expect([refused[0]?.n, refused.length, refused[0]?.reason]).toEqual([21, 20, "too many messages"])
      expect(refused.every(({ waitMillis = 0 }) => waitMillis > 0 && waitMillis <= 1000)).toBe(true)
      yield* TestClock.adjust("10 seconds")
      // The one behind it would be recorded first.
      mal.post(22, "text 22")
      mal.post(21, "text 21")
      mal.post(22, "text 22")
      yield* mal.until(() => mal.all("posted").length === 22)
      expect((yield* texts).slice(19)).toEqual(["text 20", "text 21", "text 22"])
    }))

  it.scoped("ends slow clients, and keeps the others", () =>
    Effect.gen(function*() {
      const { connect } = yield* readersWorld()
      const [slow, ala] = [yield* connect(), yield* connect()]
      yield* slow.hello("slow")
      yield* slow.open()
      yield* ala.hello("ala")
      yield* ala.open()
      slow.pause()
      const long = "x".repeat(16_000)
      for (let n = 1; n <= 60; n++) ala.post(n, `${n} ${long}`)
      yield* ala.until(() => ala.texts().length === 60)
      slow.resume()
      // What did not fit was read from the store.
      yield* slow.until(() => slow.texts().length === 60)
      expect(slow.texts().map((text) => Number.parseInt(text))).toEqual(Array.from({ length: 60 }, (_, at) => at + 1))
      slow.pause()
      ala.post(61, "last")
      yield* ala.next("posted")
      yield* TestClock.adjust("31 seconds")
      yield* slow.until(() => slow.isEnded)
      expect(ala.isEnded).toBe(false)
    }))

  it.scoped("makes private rooms for accounts, and brings in whom the owner invites", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const { connect } = yield* readersWorld({ accounts })
      const [ala, bo, guest] = [yield* connect(), yield* connect(), yield* connect()]
      for (const [client, name] of [[ala, "ala"], [bo, "bo"]] as const) {
        client.say({
          t: "hello",
          v: 1,
          device: "d",
          login: { as: "register", name, password: "correct horse battery" }
        })
        yield* client.next("welcome")
      }
      yield* guest.hello("eva")
      ala.say({ t: "make", room: "plans", access: "private" })
      yield* ala.next("live")
      expect(ala.all("event")[0]?.event).toMatchObject({ kind: "made", author: "ala@alpha.example" })
      for (const client of [bo, guest]) {
        client.say({ t: "open", room: "plans" })
        yield* client.next("refused")
        client.say({ t: "rooms" })
        expect((yield* client.next("rooms")).rooms.map(({ room }) => room)).toEqual(["hall"])
      }
      ala.say({ t: "post", room: "plans", n: 1, kind: "power", body: { person: "bo@alpha.example", power: "speaker" } })
      expect(yield* bo.next("invited")).toEqual({
        t: "invited",
        room: "plans",
        access: "private",
        by: "ala@alpha.example"
      })
      yield* bo.open("plans")
      bo.post(1, "hello", "plans")
      yield* ala.until(() => ala.texts("plans").length === 1)
      ala.say({
        t: "post",
        room: "plans",
        n: 2,
        kind: "barred",
        body: { person: "bo@alpha.example", bar: "ban", reason: "go home" }
      })
      expect(yield* bo.next("refused")).toMatchObject({
        what: "open",
        reason: "you were removed from this room: go home"
      })
      bo.post(2, "again", "plans")
      expect(yield* bo.next("refused")).toMatchObject({ what: "post", n: 2, reason: "the room is not open" })
      ala.say({ t: "make", room: "plans", access: "direct", person: "bo@alpha.example" })
      expect(yield* bo.next("invited")).toMatchObject({ room: "ala@alpha.example:bo@alpha.example", access: "direct" })
      guest.say({ t: "open", room: "ala@alpha.example:bo@alpha.example" })
      expect(yield* guest.next("refused")).toMatchObject({ what: "open" })
    }))

  it.scoped("keeps what an account has read, for its other device and the next time", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const { connect } = yield* readersWorld({ accounts })
      const [ala, phone, later] = [yield* connect(), yield* connect(), yield* connect()]
      ala.say({
        t: "hello",
        v: 1,
        device: "d",
        login: { as: "register", name: "ala", password: "correct horse battery" }
      })
      const { token = "" } = yield* ala.next("welcome")
      phone.say({ t: "hello", v: 1, device: "p", login: { as: "token", token } })
      yield* phone.next("welcome")
      yield* ala.open()
      yield* phone.open()
      ala.post(1, "x")
      const { event } = yield* ala.next("posted")
      const vector = { [`${event?.origin}`]: 1 }
      ala.say({ t: "mark", room: "hall", vector })
      expect(yield* phone.next("mark")).toEqual({ t: "mark", room: "hall", vector })
      later.say({ t: "hello", v: 1, device: "l", login: { as: "token", token } })
      yield* later.next("welcome")
      yield* later.open()
      expect(later.all("mark")).toEqual([{ t: "mark", room: "hall", vector }])
    }))

  it.scoped("is left when its scope closes", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { connect } = yield* Scope.extend(readersWorld(), scope)
      const ala = yield* connect()
      yield* ala.hello("ala")
      yield* Scope.close(scope, Exit.void)
      yield* ala.until(() => ala.isEnded)
    }))

  it.scoped("gives each event once, in order, to readers that come, post and go at random", () =>
    Effect.gen(function*() {
      for (let seed = 1; seed <= 4; seed++) yield* Effect.scoped(play(new Random(seed)))
    }))
})

/** A person whose program connects again with what it has. */
interface Visitor {
  readonly nick: string
  readonly have: Map<string, number>
  readonly texts: Array<string>
  client: TestClient | undefined
  n: number
}

const play = (random: Random) =>
  Effect.gen(function*() {
    const { connect, texts } = yield* readersWorld()
    const visitors = ["ala", "bo", "cyr", "dana"].map((nick): Visitor => ({
      nick,
      have: new Map(),
      texts: [],
      client: undefined,
      n: 0
    }))
    let posts = 0
    /** Takes what has come on a connection: the next event of its origin, each time. */
    const take = (visitor: Visitor): void => {
      for (const message of visitor.client?.messages.splice(0) ?? []) {
        if (message.t === "have") raise(visitor.have, new Map(Object.entries(message.vector)))
        if (message.t !== "event") continue
        const { body, origin, seq } = message.event
        expect(seq).toBe((visitor.have.get(origin) ?? 0) + 1)
        visitor.have.set(origin, seq)
        visitor.texts.push(String(body?.["text"]))
      }
    }
    const enter = (visitor: Visitor) =>
      Effect.gen(function*() {
        const client = yield* connect()
        visitor.client = client
        client.say({ t: "hello", v: 1, device: visitor.nick, login: { as: "guest", nick: visitor.nick } })
        yield* client.until(() => client.all("welcome").length > 0)
        client.say({ t: "cursor", room: "hall", vector: Object.fromEntries(visitor.have) })
        client.say({ t: "open", room: "hall" })
        yield* client.until(() => client.all("opened").length > 0)
      })
    for (let step = 0; step < 100; step++) {
      const visitor = visitors[random.integer(0, visitors.length - 1)]!
      const action = random.integer(1, 10)
      visitor.client?.resume()
      if (visitor.client === undefined) yield* enter(visitor)
      else if (action <= 5) {
        visitor.n++
        visitor.client.post(visitor.n, `text ${++posts}`)
        yield* visitor.client.until(() => visitor.client?.all("posted").some(({ n }) => n === visitor.n) === true)
      } else if (action === 6) {
        yield* visitor.client.leave()
        take(visitor)
        visitor.client = undefined
      } else if (action === 7) visitor.client.pause()
      else yield* Effect.yieldNow()
      for (const one of visitors) take(one)
    }
    for (const visitor of visitors) {
      if (visitor.client === undefined) yield* enter(visitor)
      visitor.client?.resume()
      yield* visitor.client?.until(() => {
        take(visitor)
        return visitor.texts.length === posts
      }) ?? Effect.void
      expect(visitor.texts.toSorted()).toEqual((yield* texts).toSorted())
    }
  })
