import { describe, expect, it } from "vitest"
import { chat } from "../../../src/apps/chat/Chat.ts"
import * as Journal from "../../../src/conversation/Journal.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import type { LoggedEvent } from "../../../src/protocol/conversation/LoggedEvent.ts"
import { refOf, Scene } from "../../protocol/conversation/plainEvents.ts"
import { Random } from "../../simulation/Random.ts"

/** A room whose log the test writes, and into which it brings events of other servers. */
const stage = () => {
  const memory = Journal.inMemory("kitchen", "local", "1".repeat(48))
  const writes: Array<(reason?: string) => void> = []
  let isSlow = false
  let take: (events: ReadonlyArray<LoggedEvent>) => void = () => undefined
  const journal: Journal.Journal = {
    ...memory,
    append: (drafts, time, done) => {
      const write = (reason?: string) => reason === undefined ? memory.append(drafts, time, done) : done(reason)
      if (isSlow) writes.push(write)
      else write()
    },
    follow: (listener) => {
      take = listener
    }
  }
  const play = new Rehearsal(chat, { crypto, journal })
  return {
    play,
    writes,
    slow: () => {
      isSlow = true
    },
    take: (events: ReadonlyArray<LoggedEvent>) => take(events)
  }
}

const enter = (play: Rehearsal, name: string) => {
  const client = play.join()
  play.say(client, name)
  return client
}
/** What a client was told since the last call. */
const reader = (play: Rehearsal, client: number) => {
  let seen = 0
  return () => {
    const told = play.told(client)
    const news = told.slice(seen)
    seen = told.length
    return news
  }
}

describe("a chat room", () => {
  it("asks a name until it is one that nobody has, and shows what was said before", () => {
    const { play } = stage()
    const ala = enter(play, "ala\n")
    play.say(ala, "the build is green\n")
    const bo = play.join()
    for (const name of ["ALA", "аla", "a b", "bo"]) play.say(bo, `${name}\n`)
    expect(play.told(bo)).toEqual([
      "Your name: ",
      "* the nick ALA is in use; please send another one",
      "* the nick аla looks like ~ala, which is in use; please send another one",
      "* the nick has a space in it; - and _ are allowed; please send another one",
      [
        "00:00 UTC  * ~ala joined",
        "00:00 UTC  ~ala: the build is green",
        "* you are ~bo in kitchen; /help lists the commands"
      ].join("\n"),
      "* ~bo joined"
    ])
    expect(play.room.present().map(({ name }) => name)).toEqual(["~ala", "~bo"])
    expect(play.defects).toEqual([])
  })

  it("tells all what each says, in one order, and nothing to those without a name", () => {
    const { play } = stage()
    const [ala, bo, stranger] = [enter(play, "ala"), enter(play, "bo"), play.join()]
    const [toAla, toBo] = [reader(play, ala), reader(play, bo)]
    toAla()
    toBo()
    for (const text of ["hello", "one\ntwo\n", "//etc/hosts", "/me waves", "a\u202eb\u001b[2J", " ", "/re bo main"]) {
      play.say(ala, text)
    }
    play.say(bo, "/edit nothing yet")
    play.say(bo, "which one?")
    play.say(ala, "/re bo main")
    play.say(bo, "/edit which branch?")
    play.leave(bo)
    const lines = [
      "~ala: hello",
      "~ala: one\n~ala: two",
      "~ala: /etc/hosts",
      "* ~ala waves",
      "~ala: ab[2J",
      "~bo: which one?",
      "~ala: to ~bo, main",
      "~bo: which branch? (edited)"
    ]
    expect(toAla()).toEqual([
      ...lines.slice(0, 5),
      "* there is no message of this person to answer",
      ...lines.slice(5),
      "* ~bo left"
    ])
    expect(toBo()).toEqual([...lines.slice(0, 5), "* you have no message to edit", ...lines.slice(5)])
    expect(play.told(stranger)).toEqual(["Your name: "])
  })

  it("tells of an event when it is in the log, and not before", () => {
    const { play, slow, writes } = stage()
    const [ala, bo] = [enter(play, "ala"), enter(play, "bo")]
    const toBo = reader(play, bo)
    toBo()
    slow()
    play.say(ala, "one")
    play.say(ala, "two")
    play.say(bo, "/topic")
    expect([toBo(), writes.length]).toEqual([[], 1])
    writes.shift()?.()
    expect([toBo(), writes.length]).toEqual([["~ala: one"], 1])
    writes.shift()?.()
    expect([toBo(), writes.length]).toEqual([["* this room has no topic", "~ala: two"], 0])
  })

  it("ends when its log fails, because what is said would be lost", () => {
    const { play, slow, writes } = stage()
    const ala = enter(play, "ala")
    slow()
    play.say(ala, "lost")
    writes.shift()?.("the disk is full")
    expect(play.happenings.at(-1)).toEqual({ _tag: "Closed", client: ala, reason: "failed" })
    expect(play.defects.map(String)).toEqual(["Error: the log of \"chat\": the disk is full"])
    expect(play.told(ala).some((text) => String(text).includes("lost"))).toBe(false)
    const late = play.join()
    expect(play.happenings.at(-1)).toEqual({
      _tag: "Refused",
      client: late,
      message: "\"chat\" has failed: its log takes no more events"
    })
  })

  it("lets moderators mute, kick, ban, remove and set the topic, and nobody else", () => {
    const { play, take } = stage()
    const scene = new Scene("kitchen")
    take([scene.add("~ala@local", "made", { app: "chat", access: "public" })])
    const [ala, bo, cyr] = [enter(play, "ala"), enter(play, "bo"), enter(play, "cyr")]
    const [toAla, toBo, toCyr] = [reader(play, ala), reader(play, bo), reader(play, cyr)]
    const news = () => [toAla, toBo, toCyr].map((told) => told())
    news()
    play.say(bo, "/mute ala")
    play.say(bo, "/topic mine")
    play.say(ala, "/power bo moderator")
    play.say(bo, "/topic ours")
    play.say(bo, "/mute cyr 10m too loud")
    play.say(cyr, "hello?")
    const [, boNews, cyrNews] = news()
    const noPower = "* this takes a greater power in this room than yours; /who shows the powers"
    const common = ["* ~ala has made ~bo moderator", "* ~bo has set the topic: ours", "* ~bo has muted ~cyr: too loud"]
    expect(boNews).toEqual([noPower, noPower, ...common])
    expect(cyrNews).toEqual([...common, "* you can read in this room, and not write"])
    play.say(bo, "/mute cyr off")
    play.say(cyr, "again")
    play.say(bo, "/remove cyr")
    play.say(ala, "/who")
    play.say(ala, "/kick cyr go home")
    expect(toAla()).toEqual([
      "* ~bo has ended the bar of ~cyr",
      "~cyr: again",
      "* ~bo has removed a message",
      "* 3 here\n* ~ala, owner\n* ~bo, moderator\n* ~cyr",
      "* ~ala has removed ~cyr: go home",
      "* ~cyr left"
    ])
    expect(play.happenings).toContainEqual({ _tag: "Closed", client: cyr, reason: "ended" })
    const again = enter(play, "cyr")
    play.say(ala, "/ban ~cyr")
    const banned = enter(play, "cyr")
    expect([again, banned].map((client) => play.told(client).at(-1))).toEqual([
      "* ~ala has banned ~cyr",
      "* you are banned from this room"
    ])
    expect(play.defects).toEqual([])
  })

  it("shows events of other servers with their server, late ones with their time", () => {
    const { play, take } = stage()
    const scene = new Scene("kitchen")
    const [one, late, two] = ["one", "late", "two"].map((text, at) =>
      scene.add("bo@beta", "said", { text }, { clock: at + 1, time: 43_380_000 })
    )
    take([one!, two!])
    const ala = enter(play, "ala")
    const toAla = reader(play, ala)
    expect(toAla()[1]).toBe(
      "12:03 UTC  bo@beta: one\n12:03 UTC  bo@beta: two\n* you are ~ala in kitchen; /help lists the commands"
    )
    toAla()
    take([late!])
    take([scene.add("mal@gamma", "removed", {}, { re: refOf(one!), clock: 50 })])
    take([scene.add("bo@beta", "removed", {}, { re: refOf(one!), clock: 51 })])
    play.say(ala, "/ignore bo@beta")
    take([scene.add("bo@beta", "said", { text: "hidden" }, { clock: 60 })])
    expect(toAla()).toEqual([
      "bo@beta: late (late, written 12:03 UTC at beta)",
      "* bo@beta has removed a message",
      "* you do not see this person any more"
    ])
  })

  it("lets a guest change the nick, search, be away, read the help and leave", () => {
    const { play } = stage()
    const [ala, bo] = [enter(play, "ala"), enter(play, "bo")]
    const toAla = reader(play, ala)
    toAla()
    play.say(ala, "needle one")
    play.say(ala, "/nick bo")
    play.say(ala, "/nick alexandra")
    play.say(ala, "/away lunch")
    play.say(bo, "/who")
    play.say(ala, "/search NEEDLE")
    play.say(ala, "/help me")
    play.say(ala, "/join hall")
    play.say(ala, "/frobnicate")
    play.say(ala, "/leave")
    expect(toAla()).toEqual([
      "~ala: needle one",
      "* the nick bo is in use",
      "* ~ala left",
      "* ~alexandra joined",
      "* you are away",
      "* 1 found\n* ~ala: needle one",
      "* /me TEXT: says what you do, in the third person",
      "* /join is not available on a plain connection; /help lists what is",
      "* there is no command /frobnicate; /help lists the commands"
    ])
    expect(play.told(bo)).toContain("* 2 here\n* ~alexandra, away: lunch\n* ~bo")
    expect(play.happenings).toContainEqual({ _tag: "Closed", client: ala, reason: "ended" })
  })

  it("takes 20 messages at once and 5 a second", () => {
    const { play } = stage()
    const ala = enter(play, "ala")
    const toAla = reader(play, ala)
    toAla()
    for (let at = 0; at < 30; at++) play.say(ala, String(at))
    const told = toAla()
    expect(told.filter((text) => String(text).startsWith("~ala")).length).toBe(20)
    expect(told.at(-1)).toBe("* too many messages; the next one can be sent in 1 s")
    play.wait(1000)
    for (let at = 0; at < 10; at++) play.say(ala, String(at))
    expect(toAla().filter((text) => String(text).startsWith("~ala")).length).toBe(5)
  })

  it("gives all readers the same posts in one order, in random play", () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = new Random(seed)
      const { play } = stage()
      const texts = "hello|/me waves|/re a hi|/edit x|/remove|/nick b|/nick c|/who|/away|/topic t|/kick a|//x|\u202e|a"
        .split("|")
      const observer = enter(play, "observer")
      let present: ReadonlyArray<number> = []
      for (let step = 0; step < 300; step++) {
        const client = random.pick([0, ...present])
        if (client === 0) present = [...present, play.join()]
        else if (random.chance(0.03)) {
          play.leave(client)
          present = present.filter((one) => one !== client)
        } else play.say(client, texts[random.integer(0, texts.length - 1)] ?? "")
        play.wait(random.integer(0, 400))
      }
      expect(play.defects).toEqual([])
      // Posts begin with a guest's nick.
      const posts = (client: number) => play.told(client).filter((text) => String(text).startsWith("~"))
      const all = posts(observer)
      const readers = present.filter((client) => posts(client).length > 0)
      expect(readers.length).toBeGreaterThan(1)
      for (const client of readers) expect(posts(client)).toEqual(all.slice(-posts(client).length))
    }
  })
})

describe("the client of chat", () => {
  it("asks for a name, sends lines, and shows what comes", () => {
    const start = chat.client?.start("en")
    const [opened, first] = start?.on({ _tag: "Opened" }) ?? []
    expect(first).toEqual([{ _tag: "Ask", prompt: "Your name: " }])
    expect(opened?.on({ _tag: "Typed", line: "ala" })[1]).toEqual([{ _tag: "Send", message: "ala" }])
    expect(opened?.on({ _tag: "Typed", line: "" })[1]).toEqual([])
    expect(opened?.on({ _tag: "Received", bytes: new Uint8Array(), text: "x" })[1]).toEqual([{
      _tag: "Show",
      text: "x"
    }])
    expect(opened?.on({ _tag: "Ended" })[1]).toEqual([])
  })
})
