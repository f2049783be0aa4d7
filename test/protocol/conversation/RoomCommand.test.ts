import * as Either from "effect/Either"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { commandWords } from "../../../src/protocol/conversation/CommandWords.ts"
import { parse } from "../../../src/protocol/conversation/RoomCommand.ts"

const bo = { nick: "bo", server: undefined }
const read = (line: string) => Either.merge(parse(line))

describe("a line", () => {
  it.each([
    ["", { _tag: "Nothing" }],
    ["  \r\n", { _tag: "Nothing" }],
    ["hello", { _tag: "Say", text: "hello" }],
    [" indented\r\n", { _tag: "Say", text: " indented" }],
    ["one\r\ntwo\n", { _tag: "Say", text: "one\ntwo" }],
    ["//etc/hosts", { _tag: "Say", text: "/etc/hosts" }],
    ["//", { _tag: "Say", text: "/" }],
    ["a /join b", { _tag: "Say", text: "a /join b" }],
    ["/join #Hall", { _tag: "Join", room: "hall" }],
    ["/JOIN words/kyiv", { _tag: "Join", room: "words/kyiv" }],
    ["/leave", { _tag: "Leave", text: undefined }],
    ["/leave good night", { _tag: "Leave", text: "good night" }],
    ["/rooms", { _tag: "Rooms" }],
    ["/who ", { _tag: "Who" }],
    ["/nick ala", { _tag: "Nick", nick: "ala" }],
    ["/nick ~ala", { _tag: "Nick", nick: "ala" }],
    ["/msg bo  two  spaces", { _tag: "Msg", person: bo, text: "two  spaces" }],
    ["/msg bo: hello", { _tag: "Msg", person: bo, text: "hello" }],
    ["/msg @bo@beta.example hello", { _tag: "Msg", person: { nick: "bo", server: "beta.example" }, text: "hello" }],
    ["/msg ~bo one\ntwo", { _tag: "Msg", person: { nick: "~bo", server: undefined }, text: "one\ntwo" }],
    ["/file my plan.pdf", { _tag: "File", path: "my plan.pdf" }],
    ["/get 3", { _tag: "Get", number: 3, path: undefined }],
    ["/get 3 a b.pdf", { _tag: "Get", number: 3, path: "a b.pdf" }],
    ["/me waves", { _tag: "Me", text: "waves" }],
    ["/topic", { _tag: "Topic", text: undefined }],
    ["/topic release on Friday", { _tag: "Topic", text: "release on Friday" }],
    ["/re bo main", { _tag: "Re", person: bo, text: "main" }],
    ["/edit better", { _tag: "Edit", text: "better" }],
    ["/remove", { _tag: "Remove", person: undefined }],
    ["/remove bo", { _tag: "Remove", person: bo }],
    ["/ignore bo", { _tag: "Ignore", person: bo }],
    ["/away lunch", { _tag: "Away", text: "lunch" }],
    ["/mark", { _tag: "Mark" }],
    ["/search build", { _tag: "Search", text: "build" }],
    ["/invite bo", { _tag: "Invite", person: bo }],
    ["/mute bo", { _tag: "Mute", person: bo, span: undefined, reason: undefined }],
    ["/mute bo 10m too loud", { _tag: "Mute", person: bo, span: 600_000, reason: "too loud" }],
    ["/mute bo too loud", { _tag: "Mute", person: bo, span: undefined, reason: "too loud" }],
    ["/mute bo 10 reasons", { _tag: "Mute", person: bo, span: undefined, reason: "10 reasons" }],
    ["/mute bo off", { _tag: "Mute", person: bo, span: "off", reason: undefined }],
    ["/kick bo", { _tag: "Kick", person: bo, reason: undefined }],
    ["/kick bo go home", { _tag: "Kick", person: bo, reason: "go home" }],
    ["/ban bo 7d", { _tag: "Ban", person: bo, span: 604_800_000, reason: undefined }],
    ["/ban bo 999999999d", { _tag: "Ban", person: bo, span: 315_360_000_000, reason: undefined }],
    ["/power bo Moderator", { _tag: "Power", person: bo, power: "moderator" }],
    ["/links", { _tag: "Links" }],
    ["/help", { _tag: "Help", about: undefined }]
  ])("%j is read", (line, command) => {
    expect(read(line)).toEqual(command)
  })

  it("of help names a command", () => {
    expect(read("/help /mute")).toMatchObject({ _tag: "Help", about: { word: "mute" } })
    expect(read("/help mute")).toMatchObject({ _tag: "Help", about: { word: "mute" } })
  })

  it.each([
    ["/", "a command has a word after the /; to say a text with / at its beginning, write //"],
    ["/ join", "a command has a word after the /; to say a text with / at its beginning, write //"],
    ["/jion hall", "there is no command /jion; did you mean /join?"],
    ["/frobnicate", "there is no command /frobnicate; /help lists the commands"],
    [`/${"x".repeat(9000)}`, `there is no command /${"x".repeat(32)}; /help lists the commands`],
    ["/constructor", "there is no command /constructor; /help lists the commands"],
    ["/join", "/join needs a room: /join ROOM"],
    [
      "/join ../etc",
      "the name of the room has to be letters, digits, . _ and -, as in hall, or two such words with / between them, as in words/kyiv"
    ],
    ["/nick a b", "the nick has a space in it; - and _ are allowed"],
    ["/nick", "/nick needs a nick: /nick NICK"],
    ["/msg", "/msg needs a nick: /msg NICK TEXT"],
    ["/msg bo", "/msg needs a text: /msg NICK TEXT"],
    ["/msg bo@ hello", "the nick has no name of a server after the @"],
    ["/msg b/o hello", "the nick has / in it; the characters @ / # : ~ have a meaning here"],
    ["/get", "/get needs the number of a file: /get NUMBER [PATH]"],
    ["/get plan.pdf", "a file has a number, as /get 3 shows one"],
    ["/get 0", "a file has a number, as /get 3 shows one"],
    ["/who is there", "/who takes no further words"],
    ["/power bo", "/power needs a power: /power NICK POWER"],
    ["/power bo king", "the powers that can be given are moderator, speaker, reader"],
    ["/power bo owner", "the powers that can be given are moderator, speaker, reader"],
    ["/help frobnicate", "there is no command /frobnicate; /help lists the commands"],
    ["x".repeat(16_385), "the text has more than 16384 bytes; send it as a file: /file PATH"],
    ["ї".repeat(8193), "the text has more than 16384 bytes; send it as a file: /file PATH"]
  ])("%# is refused with what to do", (line, problem) => {
    expect(read(line)).toBe(problem)
  })

  it("never throws, and is one text or one command", () => {
    const words = fc.constantFrom(
      ...commandWords.map(({ word }) => `/${word}`),
      "bo",
      "~bo@beta",
      "10m",
      "off",
      "3",
      "#hall",
      "//",
      "\n",
      ""
    )
    const line = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.oneof(words, fc.string())).map((parts) => parts.join(" "))
    )
    fc.assert(
      fc.property(line, (text) => {
        const result = read(text)
        if (typeof result !== "string" && result._tag === "Say") expect(result.text).not.toBe("")
        if (typeof result === "string") expect(result.length).toBeLessThan(300)
      }),
      { seed: 1, numRuns: 500 }
    )
  })
})
