/** The commands of a person in a room, as data: their words, arguments and help. `RoomCommand` reads lines by it. */

/** What an argument is; a command has at most one of each. All but the last one are one word. */
export type ArgumentKind =
  | "room"
  /** A nick that the person wants to have. */
  | "nick"
  /** Somebody in the room: `ala`, `ala@beta`. */
  | "person"
  | "number"
  /** How long: a duration, or `off`. */
  | "span"
  | "power"
  /** The word of a command, with or without `/`. */
  | "command"
  | "path"
  | "text"

export interface Argument {
  readonly kind: ArgumentKind
  /** As it stands in the help. */
  readonly name: string
  readonly isOptional: boolean
}

export interface CommandWord {
  readonly word: string
  readonly arguments: ReadonlyArray<Argument>
  /** One sentence without a subject and without a full stop. */
  readonly help: string
}

const needed = (kind: ArgumentKind, name = kind.toUpperCase()): Argument => ({ kind, name, isOptional: false })
const maybe = (kind: ArgumentKind, name = kind.toUpperCase()): Argument => ({ kind, name, isOptional: true })
const person = needed("person", "NICK")
const reason = maybe("text", "REASON")

const row = <Word extends string>(word: Word, help: string, ...given: ReadonlyArray<Argument>) => ({
  word,
  arguments: given,
  help
})

/** All commands, in the order of the help. */
export const commandWords = [
  row("join", "enters a room, or makes it", needed("room")),
  row("leave", "leaves this room; the text is shown to the others", maybe("text")),
  row("rooms", "lists the rooms of the server"),
  row("who", "lists the people in this room, with their powers"),
  row("nick", "takes another nick", needed("nick")),
  row("msg", "sends a text to one person only", person, needed("text")),
  row("file", "sends a file to this room", needed("path")),
  row("get", "fetches the file with this number, into the folder or to the path", needed("number"), maybe("path")),
  row("me", "says what you do, in the third person", needed("text")),
  row("topic", "shows the topic of this room, or sets it", maybe("text")),
  row("re", "answers the last message of a person", person, needed("text")),
  row("edit", "replaces your last message", needed("text")),
  row("remove", "removes your last message, or as a moderator the last one of a person", maybe("person", "NICK")),
  row("ignore", "hides what a person says from you; again, shows it", person),
  row("away", "tells that you are away; without a text, that you are back", maybe("text")),
  row("mark", "marks all messages as read"),
  row("search", "lists messages that contain a text", needed("text")),
  row("invite", "invites a person to this room", person),
  row(
    "mute",
    "lets a person read only, for a time such as 10m, or for good; off ends it",
    person,
    maybe("span", "TIME"),
    reason
  ),
  row("kick", "removes a person from this room, who may come again", person, reason),
  row(
    "ban",
    "keeps a person out of this room, for a time or for good; off ends it",
    person,
    maybe("span", "TIME"),
    reason
  ),
  row("power", "makes a person moderator, speaker or reader of this room", person, needed("power")),
  row("links", "lists the linked servers"),
  row("help", "lists the commands, or explains one", maybe("command"))
] as const satisfies ReadonlyArray<CommandWord>

/** `/mute NICK [TIME] [REASON]`. */
export const formOf = (command: CommandWord): string =>
  [`/${command.word}`, ...command.arguments.map(({ isOptional, name }) => isOptional ? `[${name}]` : name)].join(" ")

/** The command with this word, with or without `/`. */
export const commandNamed = (word: string): CommandWord | undefined => {
  const bare = word.replace(/^\//, "").toLowerCase()
  return commandWords.find((command) => command.word === bare)
}

/** The help: a line for each command, or the lines about one. */
export const helpOf = (command?: CommandWord): ReadonlyArray<string> => {
  if (command !== undefined) return [`${formOf(command)}: ${command.help}`]
  const width = Math.max(...commandWords.map((one) => formOf(one).length))
  return [
    ...commandWords.map((one) => `${formOf(one).padEnd(width)}  ${one.help}`),
    `${"//TEXT".padEnd(width)}  says a text that begins with /`
  ]
}
