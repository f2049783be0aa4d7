/** Clients that die: what each says before. */

export interface Dying {
  /** Of the published client. */
  readonly service: string
  readonly lines: ReadonlyArray<string>
  /** What it has read of the server, where it does not read it before it asks again: what it leaves unread would reset the connection. */
  readonly sees?: string
  /** Where the room is not that of all. */
  readonly room?: string
}

export const dying: ReadonlyArray<Dying> = [
  { service: "hello", lines: [] },
  { service: "calculator", lines: ["125"] },
  { service: "guess", lines: ["6"] },
  { service: "paper-stone-scissors", lines: [] },
  { service: "sum", lines: ["2"] },
  { service: "total", lines: [], room: "total/dying" },
  { service: "hello-http", lines: [] },
  { service: "sink", lines: ["one"] },
  { service: "letstalk", lines: ["ala"], room: "letstalk/dying" },
  { service: "bingo", lines: ["1 2 3 4 5"], sees: "1 2 3 4 5", room: "bingo/dying" },
  { service: "palindrome", lines: ["oko"] },
  { service: "echo", lines: ["coo"] },
  { service: "identify", lines: [], room: "identify/dying" },
  // The model of a player types only when it is its turn.
  { service: "plain", lines: ["ala\r\n"], sees: "ala", room: "words/plain" }
]
