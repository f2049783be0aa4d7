/** One entry of a room. Every text of a person is a text node, in an isolated direction: none of it is ever read as HTML. */
import type { ComponentChildren } from "preact"
import { changeOf, movedOf, nameOfAuthor, nameOfPerson } from "../apps/chat/ChatLines.ts"
import type { Notice, RoomView, Unrecorded } from "../protocol/conversation/client/ClientView.ts"
import type { Entry } from "../protocol/conversation/client/RoomEntries.ts"
import type { FileLine, Line, Reaction, SaidLine } from "../protocol/conversation/TimelineLine.ts"
import { partsOf } from "./TextParts.ts"

export interface RoomLineProps {
  readonly entry: Entry
  readonly room: RoomView
  /** The person's server, and the person's nick there. */
  readonly server: string
  readonly nick: string
  readonly onAgain: (post: Unrecorded) => void
}

export const RoomLine = (props: RoomLineProps) => {
  const { entry } = props
  switch (entry._tag) {
    case "Day":
      return <Rule kind="day">{new Date(entry.time).toLocaleDateString("en", dayForm)}</Rule>
    case "New":
      return <Rule kind="new">{entry.count} new</Rule>
    case "Notice":
      return <NoticeLine notice={entry.notice} {...props} />
    case "Unrecorded":
      return <UnrecordedLine post={entry.post} {...props} />
    case "Line":
      return entry.line._tag === "Said" || entry.line._tag === "File"
        ? <Post line={entry.line} isContinued={entry.isNext && continues(entry.previous, entry.line)} {...props} />
        : <Change time={entry.line.time}>{changeOf(entry.line, shownIn(props))}</Change>
    // The list shows by itself whether there is more before it.
    case "Start":
    case "Earlier":
    case "Coming":
      return null
  }
}

/** Milliseconds after which a name is shown again. */
const longestPause = 5 * 60_000

/** Whether a line needs no name: the one before it is of the same person. */
const continues = (previous: Line | undefined, line: Line): boolean =>
  previous?._tag === "Said" && line._tag === "Said" && previous.author === line.author &&
  previous.nick === line.nick && !line.isAction && !previous.isAction && !line.isLate && line.re === undefined &&
  line.time >= previous.time && line.time - previous.time < longestPause

const dayForm = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const

const Rule = ({ children, kind }: { readonly children: ComponentChildren; readonly kind: string }) => (
  <div class={`rule ${kind}`} role="separator">
    <span dir="auto">{children}</span>
  </div>
)

const Change = (
  { children, kind = "", time }: { readonly children: string; readonly kind?: string; readonly time: number }
) => (
  <div class={`line change ${kind}`}>
    <Time time={time} />
    <span class="text" dir="auto">{children}</span>
  </div>
)

const Time = ({ time }: { readonly time: number }) => {
  const date = new Date(time)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString("en")}>
      {date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false })}
    </time>
  )
}

type PostProps = RoomLineProps & { readonly line: SaidLine | FileLine; readonly isContinued: boolean }

const Post = ({ isContinued, line, ...props }: PostProps) => {
  const shown = shownIn(props)
  const who = nameOfAuthor(line, shown)
  const progress = props.room.progressOf(line)
  const isOwn = progress !== undefined
  return (
    <div class={`line post ${isOwn ? "own" : ""} ${isContinued ? "continued" : ""} ${line.isLate ? "late" : ""}`}>
      <Time time={line.time} />
      <div class="said">
        {isContinued ? <span class="spoken">{who}:</span> : <bdi class="who">{who}</bdi>}
        {line.re !== undefined && <Quote answered={props.room.timeline.lineOf(line.re)} {...props} />}
        {line._tag === "Said"
          ? (
            <p class={line.isAction ? "text action" : "text"} dir="auto">
              {line.isAction && <bdi>{who}{" "}</bdi>}
              <Written text={line.text} />
              {line.isEdited && <small>(edited)</small>}
            </p>
          )
          : <Attached line={line} />}
        {line.isLate && <small class="hint">late, written at that time on its server</small>}
        {line.reactions.length > 0 && <Reactions reactions={line.reactions} {...props} />}
      </div>
      {isOwn && <Mark isEverywhere={progress === "everywhere"} />}
    </div>
  )
}

const Written = ({ text }: { readonly text: string }) => (
  <>
    {partsOf(text).map(({ href, text: part }, at) =>
      href === undefined
        ? part
        : <a key={at} href={href} target="_blank" rel="noopener noreferrer nofollow">{part}</a>
    )}
  </>
)

const Attached = ({ line: { file, number } }: { readonly line: FileLine }) => (
  <p class="text file" dir="auto">
    <bdi>{file.name}</bdi> <small>{sizeOf(file.bytes)} · /get {number}</small>
    {file.text !== undefined && (
      <span>
        <Written text={file.text} />
      </span>
    )}
  </p>
)

/** `2.1 MiB`. */
const sizeOf = (bytes: number): string => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"]
  const at = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${at === 0 ? bytes : (bytes / 1024 ** at).toFixed(1)} ${units[at]}`
}

const Quote = ({ answered, ...props }: RoomLineProps & { readonly answered: Line | undefined }) => {
  const text = answered?._tag === "Said" ? answered.text : answered?._tag === "File" ? answered.file.name : undefined
  return (
    <p class="quote" dir="auto">
      ↳ {answered !== undefined && text !== undefined
        ? (
          <>
            <bdi>{nameOfAuthor(answered, shownIn(props))}</bdi>: {text.split("\n", 1)[0]}
          </>
        )
        : "an earlier message"}
    </p>
  )
}

const Reactions = ({ reactions, ...props }: RoomLineProps & { readonly reactions: ReadonlyArray<Reaction> }) => (
  <p class="reactions">
    {reactions.map(({ people, sign }) => (
      <span
        key={sign}
        title={people.map((person) => nameOfPerson(person, shownIn(props))).join(", ")}
      >
        <bdi>{sign}</bdi> {people.length}
      </span>
    ))}
  </p>
)

const Mark = ({ isEverywhere }: { readonly isEverywhere: boolean }) => (
  <span
    class={isEverywhere ? "mark everywhere" : "mark"}
    role="img"
    aria-label={isEverywhere ? "on every server" : "on this server"}
    title={isEverywhere ? "on the disk of every server of the room" : "on the disk of this server"}
  >
    {isEverywhere ? "✓✓" : "✓"}
  </span>
)

const states: Readonly<Record<Unrecorded["state"], string>> = {
  waiting: "waits for the connection",
  sent: "being sent",
  recorded: "recorded",
  doubtful: "it may be on the server of before"
}

const UnrecordedLine = ({ nick, onAgain, post }: RoomLineProps & { readonly post: Unrecorded }) => {
  const { body, kind, state, time } = post
  const text = kind === "file" ? body["name"] : body["text"]
  return (
    <div class="line post own unrecorded">
      <Time time={time} />
      <div class="said">
        <bdi class="who">{nick}</bdi>
        <p class="text" dir="auto">{String(text ?? "")}</p>
        <small class="hint">{states[state]}</small>
        {state === "doubtful" && <button type="button" onClick={() => onAgain(post)}>send again</button>}
      </div>
      <span class="mark" aria-hidden="true">{state === "recorded" ? "✓" : "…"}</span>
    </div>
  )
}

const NoticeLine = ({ notice, ...props }: RoomLineProps & { readonly notice: Notice }) => {
  const { joined, joinedCount, kind, left, leftCount, server = "", text = "", time } = notice
  const names = (people: ReadonlyArray<string>, of = props.server): ReadonlyArray<string> =>
    people.map((person) => nameOfPerson(person, { view: props.room.timeline, server: of }))
  switch (kind) {
    case "moved": {
      const parts = [movedOf(names(joined), joinedCount, "joined"), movedOf(names(left), leftCount, "left")]
      return <Change time={time}>{parts.filter((part) => part !== "").join("; ")}</Change>
    }
    case "away": {
      const people = movedOf(names(left, server), leftCount, "")
      return (
        <Rule kind="split">
          {server} is away since <Time time={time} />
          {people === "" ? "" : `: ${people}`}
        </Rule>
      )
    }
    case "back":
      return <Rule kind="back">{server} is back</Rule>
    case "lost":
      return <Rule kind="split">{text}</Rule>
    case "resumed":
      return <Rule kind="back">{text}</Rule>
    default:
      return <Change time={time} kind={kind}>{text}</Change>
  }
}

const shownIn = ({ room, server }: RoomLineProps) => ({ view: room.timeline, server })
