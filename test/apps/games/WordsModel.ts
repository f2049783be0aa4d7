/**
 * A model of the app `words`, written from its rules and not from its code: one list of people that is changed in place. It says what
 * each client must be sent, as `1> text`, and whose connection must end, as `1x`.
 */

interface Person {
  readonly client: number
  readonly name: string
  role: "waits" | "plays" | "watches"
  points: number
  /** When an answer was first expected of the person and did not come; undefined while none is expected. */
  silentFrom: number | undefined
}

export class WordsModel {
  /** Clients that are connected. */
  readonly connected = new Set<number>()
  /** Clients with a name, in the order in which they gave it. */
  people: Array<Person> = []
  /** The client on turn; 0 without a game. */
  turn = 0
  readonly #players: number
  readonly #spectators: boolean
  readonly #word: string
  #named = ""
  #turnEnd = Infinity
  #now = 0
  #lines: Array<string> = []

  constructor(players: number, spectators: boolean, word: string) {
    this.#players = players
    this.#spectators = spectators
    this.#word = word
  }

  /** What happened since the last call. */
  take(): ReadonlyArray<string> {
    const lines = this.#lines
    this.#lines = []
    return lines
  }

  join(client: number): void {
    this.connected.add(client)
    if (this.turn !== 0 && !this.#spectators) this.#turnAway(client)
  }

  leave(client: number): void {
    this.connected.delete(client)
    const person = this.#person(client)
    if (person !== undefined) this.#remove(person, `${person.name} leaves`)
  }

  wait(millis: number): void {
    const end = this.#now + millis
    for (;;) {
      const playing = this.people.filter(({ role }) => role === "plays")
      const out = playing.map(({ silentFrom = Infinity }) => silentFrom + 5 * 60 * 1000)
      const next = this.turn === 0 ? Infinity : Math.min(this.#turnEnd, ...out)
      if (next > end) break
      this.#now = next
      const lost = playing[out.findIndex((at) => at <= next)]
      if (lost !== undefined) {
        this.#tell(lost.client, "You have not answered for 5 minutes and are out")
        this.#quit(lost.client)
        this.#remove(lost, `${lost.name} has not answered for 5 minutes and is out`)
      } else {
        this.#tellAll(`${this.#person(this.turn)?.name} does not answer, the turn passes on`)
        this.#giveTurn(this.#next())
      }
    }
    this.#now = end
  }

  say(client: number, text: string): void {
    const person = this.#person(client)
    if (person === undefined) this.#name(client, text)
    else if (person.role === "watches") this.#tell(client, "You only watch and have no moves")
    else if (person.role === "waits") {
      this.#tell(client, `The game has not begun: ${this.people.length} of ${this.#players} are here`)
    } else {
      person.silentFrom = client === this.turn ? this.#now : undefined
      const isCommand = text.startsWith("/letter ") || text.startsWith("/word ")
      if (!isCommand) this.#refuse(client, "Unknown command. There are /letter L and /word W")
      else if (client !== this.turn) this.#refuse(client, "It is not your turn")
      else if (text.startsWith("/letter ")) this.#letter(person, text.slice(8).toLowerCase())
      else this.#guess(person, text.slice(6).toLowerCase())
    }
  }

  #letter(person: Person, letter: string): void {
    if (letter.length !== 1) return this.#refuse(person.client, "The command /letter L needs one letter")
    if (this.#named.includes(letter)) return this.#refuse(person.client, `The letter ${letter} was named before`)
    this.#named += letter
    this.#tellOthers(person, `${person.name} names the letter ${letter}`)
    const places = this.#word.split(letter).length - 1
    person.points += places
    if (places === 0) this.#tell(person.client, `The letter ${letter} is not in the word`)
    else this.#tell(person.client, `The letter ${letter}: +${places}, together ${person.points}`)
    this.#finishMove(person, places > 0)
  }

  #guess(person: Person, word: string): void {
    this.#tellOthers(person, `${person.name} says the word ${word}`)
    const isRight = word === this.#word
    const hidden = this.#shown().split("*").length - 1
    person.points = isRight ? person.points + hidden : 0
    if (isRight) this.#named += word
    const notice = isRight ? `Right: +${hidden}, together ${person.points}` : "Wrong: all your points are gone"
    this.#tell(person.client, notice)
    this.#finishMove(person, isRight)
  }

  #finishMove(person: Person, isHit: boolean): void {
    if (!this.#shown().includes("*")) {
      person.points += this.#word.length
      this.#tell(person.client, `Congratulations! For the word +${this.#word.length}, together ${person.points}`)
      return this.#end()
    }
    this.#tellAll(`Word: ${this.#shown()}`)
    person.silentFrom = undefined
    this.#giveTurn(isHit ? person.client : this.#next())
  }

  #name(client: number, name: string): void {
    if (this.turn !== 0 && !this.#spectators) return this.#turnAway(client)
    if (name === "" || name.startsWith("/")) {
      return this.#tell(client, "This cannot be a name. Please send another one")
    }
    if (this.people.some((other) => other.name.toLowerCase() === name.toLowerCase())) {
      return this.#tell(client, `The name ${name} is taken. Please send another one`)
    }
    const role = this.turn === 0 ? "waits" : "watches"
    this.people.push({ client, name, role, points: 0, silentFrom: undefined })
    if (role === "watches") {
      this.#tellAll(`${name} watches`)
      return this.#tell(client, `Word: ${this.#shown()}`)
    }
    this.#tellAll(`${name} joins (${this.people.length} of ${this.#players})`)
    if (this.people.length < this.#players) return
    this.#named = ""
    for (const person of this.people) person.role = "plays"
    this.#tellAll(`The game begins: ${this.people.map((person) => person.name).join(", ")}`)
    this.#tellAll(`Word: ${this.#shown()}`)
    this.#giveTurn(this.people[0]?.client ?? 0)
  }

  #end(): void {
    this.turn = 0
    this.#tellAll(`The word was: ${this.#word}`)
    this.#tellAll("The game is over")
    const playing = this.people.filter(({ role }) => role === "plays")
    const ranks = playing.map((person, at) => ({ person, at }))
      .toSorted((one, other) => other.person.points - one.person.points || one.at - other.at)
    for (const [at, { person }] of ranks.entries()) this.#tellAll(`${at + 1}. ${person.name}: ${person.points}`)
    this.#tellAll("/quit")
    for (const { client } of this.people) this.#close(client)
    this.people = []
  }

  #remove(person: Person, line: string): void {
    const next = this.#next()
    this.people = this.people.filter((other) => other !== person)
    this.#tellAll(line)
    if (this.turn === 0) return
    if (!this.people.some(({ role }) => role === "plays")) this.#end()
    else if (person.client === this.turn) this.#giveTurn(next)
  }

  #giveTurn(client: number): void {
    this.turn = client
    this.#turnEnd = this.#now + 60 * 1000
    const person = this.#person(client)
    if (person !== undefined) person.silentFrom ??= this.#now
    this.#tellAll(`On turn: ${person?.name}`)
    this.#tell(client, "/turn")
  }

  /** The client whose turn is next. */
  #next(): number {
    const playing = this.people.filter(({ role }) => role === "plays").map(({ client }) => client)
    return [...playing, ...playing][playing.indexOf(this.turn) + 1] ?? 0
  }

  #shown(): string {
    return Array.from(this.#word, (letter) => this.#named.includes(letter) ? letter : "*").join("")
  }

  #person(client: number): Person | undefined {
    return this.people.find((person) => person.client === client)
  }

  #refuse(client: number, reason: string): void {
    this.#tell(client, reason)
    if (client === this.turn) this.#tell(client, "/turn")
  }

  #turnAway(client: number): void {
    this.#tell(client, "A game is being played. Please come back later")
    this.#quit(client)
  }

  #quit(client: number): void {
    this.#tell(client, "/quit")
    this.#close(client)
  }

  #close(client: number): void {
    this.#lines.push(`${client}x`)
    this.connected.delete(client)
  }

  #tell(client: number, line: string): void {
    if (this.connected.has(client)) this.#lines.push(`${client}> ${line}`)
  }

  #tellAll(line: string): void {
    for (const { client } of this.people) this.#tell(client, line)
  }

  #tellOthers(person: Person, line: string): void {
    for (const other of this.people) if (other !== person) this.#tell(other.client, line)
  }
}
