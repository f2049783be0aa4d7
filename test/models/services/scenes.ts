/**
 * What each service and its client say to each other, as a play: the same for a published client with our server, for ours with a
 * published server, and for the two models. Nothing waits for a time: a line is typed when what it depends on was received or shown.
 */
import { expect } from "vitest"
import type { Client } from "./Client.ts"
import type { Options } from "./Stage.ts"

export interface Scene {
  /** What the test of it is called. */
  readonly title: string
  readonly service: string
  /** Our app, with its configuration, where it is not only the service. */
  readonly app?: string
  /** For the published client. */
  readonly client?: Options
  /** For the published server. */
  readonly server?: Options
  readonly transport?: "udp"
  readonly play: (open: () => Promise<Client>) => Promise<void>
}

/** A file of the word of the game, for our server. */
export const wordFile = "words.txt"
export const word = "holub"

/** A scene of one client that says some lines and then leaves; all that it shows. */
const alone = (lines: ReadonlyArray<string>, screen: string | RegExp) => async (open: () => Promise<Client>) => {
  const client = await open()
  for (const line of lines) await client.says(line)
  client.end()
  await client.leaves()
  if (typeof screen === "string") expect(client.screen).toBe(screen)
  else expect(client.screen).toMatch(screen)
}

const menu = "Choose object:\n1 = Paper\n2 = Stone\n3 = Scissors\n\n"

export const dialogues: ReadonlyArray<Scene> = [
  {
    title: "hello welcomes and thanks",
    service: "hello",
    play: alone(["Dobrý deň"], "Hello and welcome\nThank you\n")
  },
  { title: "calculator adds", service: "calculator", play: alone(["125", "351"], "Result is: 476\n") },
  {
    title: "calculator adds whole numbers of any size",
    service: "calculator",
    play: alone(["99999999999999999999999999999999", "1"], "Result is: 100000000000000000000000000000000\n")
  },
  {
    title: "calculator adds decimals as they are written",
    service: "calculator",
    play: alone(["0.1", "0.2"], "Result is: 0.3\n")
  },
  {
    title: "calculator asks again for what is no number",
    service: "calculator",
    play: alone(["many", "1", "-3"], /Result is: -2\n$/)
  },
  {
    title: "guess compares",
    service: "guess",
    play: alone(["4"], /^(?:Wrong! I guessed [1235] and you typed 4|Nice! I guessed that number)\n$/)
  },
  {
    title: "guess does not count what is no number of 1 to 5",
    service: "guess",
    play: alone(["6", "4"], /^.+\n(?:Wrong! I guessed [1235] and you typed 4|Nice! I guessed that number)\n$/s)
  },
  {
    title: "guess asks first, with a prompt",
    service: "guess",
    app: "guess/prompted=prompt:true",
    client: { prompt: true },
    server: { prompt: true },
    play: alone(["5"], /^(?:Wrong! I guessed [1-4] and you typed 5|Nice! I guessed that number)\n$/)
  },
  {
    title: "paper-stone-scissors takes a number",
    service: "paper-stone-scissors",
    play: async (open) => {
      const client = await open()
      await client.says("3")
      await client.leaves()
      expect(client.screen.startsWith(`${menu}You selected Scissors\nI select `)).toBe(true)
      expect(client.screen.slice(menu.length)).toMatch(
        /^.*\nI select (?:Paper\nYou won|Stone\nI won|Scissors\nNobody won)\n$/
      )
    }
  },
  {
    title: "paper-stone-scissors takes a word",
    service: "paper-stone-scissors",
    play: alone(["Paper"], /You selected Paper\nI select (?:Paper\nNobody won|Stone\nYou won|Scissors\nI won)\n$/)
  },
  {
    title: "sum adds until a message of the sign alone",
    service: "sum",
    play: alone(["2", "4", "15", "#"], "21\n")
  },
  {
    title: "hello-http answers as a web page",
    service: "hello-http",
    // A browser shows the body only.
    play: alone(["GET / HTTP/1.1"], /^(?:HTTP\/1\.1 200 OK\r\n\r\n)?Hello world\n$/)
  },
  {
    title: "total counts over all connections",
    service: "total",
    play: async (open) => {
      for (const count of [1, 2]) {
        const screen = new RegExp(`^(?:HTTP/1\\.1 200 OK\\r\\n\\r\\n)?Total ${count}\\n$`)
        await alone(["GET / HTTP/1.1"], screen)(open)
      }
    }
  },
  { title: "sink says nothing", service: "sink", play: alone(["one", "two"], "") },
  {
    title: "identify asks an address once for its name",
    service: "identify",
    play: async (open) => {
      const first = await open()
      await first.says("ala")
      await first.leaves()
      const second = await open()
      await second.leaves()
      expect(second.screen).toBe("Hello, ala\n")
    }
  },
  {
    title: "palindrome answers each text",
    service: "palindrome",
    play: alone(
      ["Was it a car or a cat I saw?", "coo", "!!!", "Kuna nese nanuk.", "Не шалаш, а лаш"],
      /^yes.*\nno.*\nyes.*\nyes.*\nno.*\n$/
    )
  },
  {
    title: "echo sends back until exit",
    service: "echo",
    play: async (open) => {
      const client = await open()
      for (const line of ["coo", "holub 🐦", "exit "]) {
        await client.says(line)
        await client.sees(line)
      }
      await client.says("exit")
      await client.leaves()
    }
  }
]

export const chats: ReadonlyArray<Scene> = [
  {
    title: "letstalk passes on what each says",
    service: "letstalk",
    play: async (open) => {
      const ala = await open()
      await ala.says("ala")
      const bo = await open()
      await bo.says("ala")
      await bo.sees(/./)
      await bo.says("bo")
      await ala.sees("User bo has entered room")
      await ala.says("ahoj")
      await ala.sees("ala: ahoj")
      await bo.sees("ala: ahoj")
      await bo.says("čau")
      await ala.sees("bo: čau")
      bo.end()
      await bo.leaves()
      await ala.sees("User bo has left room")
      expect(ala.screen).toBe("User bo has entered room\nala: ahoj\nbo: čau\nUser bo has left room\n")
      expect(bo.screen).not.toContain("has entered")
      ala.end()
      await ala.leaves()
    }
  },
  {
    title: "bingo draws and tells each ticket what it hits",
    service: "bingo",
    app: "bingo=every:1",
    play: async (open) => {
      const client = await open()
      await client.says("3, 9; 14-40/41")
      await client.sees(/drawn(?: \d+){5}/)
      await client.sees(/you hit \d|BINGO/)
      client.end()
      await client.leaves()
    }
  }
]

/** The word as it was shown while letters were hidden. */
export const hiddenIn = (screen: string): ReadonlyArray<string> =>
  Array.from(screen.matchAll(/(?<![\p{L}*])[h*][o*][l*][u*][b*](?![\p{L}*])/gu), ([shown]) => shown)
    .filter((shown) => shown.includes("*"))

/** A game of two. What is said is free by the protocol, except the commands, the word, and the points at the end. */
export const game: Scene = {
  title: "words: two play a game by its rules",
  service: "words",
  app: `words=players:2,list:${wordFile}`,
  server: { players: 2, word },
  play: async (open) => {
    const ala = await open()
    await ala.says("ala")
    await ala.sees("ala")
    const bo = await open()
    await bo.says("bo")
    const turn = async (player: Client, times: number, move: string) => {
      // The first question is for the name.
      await player.asks(1 + times)
      await player.says(move)
    }
    await turn(ala, 1, "/letter h")
    await turn(ala, 2, "/letter x")
    await turn(bo, 1, "/letter o")
    await turn(bo, 2, "/letter h")
    await turn(bo, 3, "/word hora")
    await turn(ala, 3, "/word holub")
    await Promise.all([ala.leaves(), bo.leaves()])
    for (const { screen } of [ala, bo]) {
      // The word after each move; none where a letter was named again.
      expect(hiddenIn(screen)).toEqual(["*****", "h****", "h****", "ho***", "ho***"])
      expect(screen).toContain(word)
      // Three hidden letters, the letter before, the length of the word; a wrong word takes all points.
      expect(screen).toMatch(/\bala\b.*\b9\b.*\n.*\bbo\b.*\b0\b/)
    }
    expect(bo.screen).toMatch(/\bala\b.*\bx\b/)
    expect(ala.screen).toMatch(/\bbo\b.*\bhora\b/)
  }
}

export const datagrams: ReadonlyArray<Scene> = [
  {
    title: "open-port answers three times",
    service: "open-port",
    transport: "udp",
    play: alone(
      ["one", "two", "three"],
      "Hello from me also\nHello from me also\nWoow..we speak on the edge\n"
    )
  },
  {
    title: "heartbeat sends the time to the first that spoke",
    service: "heartbeat",
    app: "heartbeat=every:1",
    transport: "udp",
    play: async (open) => {
      const client = await open()
      await client.says("hi")
      await client.sees(/(?:.+\n){2}/)
    }
  },
  {
    title: "datagram-chat passes on to every other address",
    service: "datagram-chat",
    transport: "udp",
    play: async (open) => {
      const ala = await open()
      await ala.says("ala")
      const bo = await open()
      await bo.says("bo")
      await ala.sees("[bo] => join chat")
      await ala.says("ahoj")
      await bo.sees("[ala] :: ahoj")
      bo.end()
      await bo.leaves()
      await ala.sees("[bo] <= left chat")
      expect(bo.screen).toBe("[ala] :: ahoj\n")
      ala.end()
      await ala.leaves()
    }
  },
  {
    title: "rendezvous lets two meet",
    service: "rendezvous",
    transport: "udp",
    play: async (open) => {
      const ala = await open()
      await ala.says("holub")
      await ala.sees("wait")
      const bo = await open()
      await bo.says("holub")
      await Promise.all([ala.sees("peer"), bo.sees("peer")])
      ala.types("ahoj")
      bo.types("čau")
      await Promise.all([ala.sees("čau"), bo.sees("ahoj")])
      await Promise.all([ala.leaves(), bo.leaves()])
    }
  }
]
