import { describe, expect, it } from "vitest"
import { chat } from "../../../src/apps/chat/Chat.ts"
import { plainCommands } from "../../../src/apps/chat/ChatCommands.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { commandWords, formOf } from "../../../src/protocol/conversation/CommandWords.ts"

describe("the commands of a plain connection", () => {
  it("are those that its help lists; the others say that they are not available", () => {
    const play = new Rehearsal(chat, { crypto })
    const ala = play.join()
    play.say(ala, "ala")
    play.say(ala, "/help")
    const help = String(play.told(ala).at(-1))
    for (const command of commandWords) {
      expect([command.word, help.includes(`* ${formOf(command)}: `)]).toEqual([
        command.word,
        plainCommands.includes(command.word)
      ])
      const needed = command.arguments.filter(({ isOptional }) => !isOptional).map(({ kind }) =>
        kind === "number" ? "1" : kind === "power" ? "reader" : "ala"
      )
      if (command.word === "leave" || command.word === "nick") continue
      play.wait(1000)
      play.say(ala, [`/${command.word}`, ...needed].join(" "))
      const isRefused =
        play.told(ala).at(-1) === `* /${command.word} is not available on a plain connection; /help lists what is`
      expect([command.word, isRefused]).toEqual([command.word, !plainCommands.includes(command.word)])
    }
    expect(play.defects).toEqual([])
  })

  it("refuse what is no text", () => {
    const play = new Rehearsal(chat, { crypto })
    const ala = play.join()
    play.say(ala, new Uint8Array([0xff]))
    play.say(ala, "ala")
    play.say(ala, new Uint8Array([0xff]))
    expect([play.told(ala)[1], play.told(ala).at(-1)]).toEqual([
      "* the nick is not text in UTF-8; please send another one",
      "* the message is not text in UTF-8 and was not sent"
    ])
  })
})
