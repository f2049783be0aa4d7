/** The dialogues of one client with a server. */
import { expect } from "vitest"
import { alone, type Scene } from "./Scene.ts"

const menu = "Choose object:\n1 = Paper\n2 = Stone\n3 = Scissors\n\n"

/** The account that every server has. */
export const account = { name: "ala", password: "a pigeon flies" }

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
    title: "paper-stone-scissors with two players hides a choice until both have chosen",
    service: "paper-stone-scissors",
    app: "paper-stone-scissors=players:2",
    server: { players: 2 },
    play: async (open) => {
      const one = await open()
      const two = await open()
      await one.says("1")
      expect(one.screen).toBe(menu)
      await two.says("Scissors")
      await one.sees("You selected Paper\nI select Scissors\nI won\n")
      await two.sees("You selected Scissors\nI select Paper\nYou won\n")
      await Promise.all([one.leaves(), two.leaves()])
    }
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
    title: "authenticate takes a password, and then the token that it has given",
    service: "authenticate",
    play: async (open) => {
      const logIn = async (...lines: ReadonlyArray<string>) => {
        const client = await open()
        for (const line of lines) await client.says(line)
        await client.leaves()
        return client.screen
      }
      const welcome = await logIn(account.name, account.password)
      expect(welcome).toMatch(/^Welcome, ala\. Token: \S+\n$/)
      const [, token = ""] = /Token: (\S+)/.exec(welcome) ?? []
      expect(await logIn(`token ${token}`)).toBe("Welcome, ala.\n")
      const wrong = "Wrong name or password\n"
      expect(await logIn(account.name, "a pigeon walks")).toBe(wrong)
      expect(await logIn("bo", account.password)).toBe(wrong)
      expect(await logIn("token of somebody else")).toBe(wrong)
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
