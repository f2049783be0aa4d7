/** The search for posts of the open room, as the person types: which ones match, and the keys that go from one to the next. */
import type { ClientView, RoomView } from "../../protocol/conversation/client/ClientView.ts"
import { isPost } from "../../protocol/conversation/client/RoomEntries.ts"
import { keyOfRef, type Line } from "../../protocol/conversation/TimelineLine.ts"
import { foldOf } from "../../protocol/PlainName.ts"

export interface Match {
  readonly key: string
}

/** The posts that contain a text, whatever its case, the oldest first. An empty text is in none. */
export const matchesOf = (text: string, { timeline }: RoomView, { isIgnored }: ClientView): ReadonlyArray<Match> => {
  const wanted = foldOf(text.trim())
  if (wanted === "") return []
  return timeline.lines
    .filter((line) => isPost(line) && !isIgnored(line.author) && foldOf(searched(line)).includes(wanted))
    .map((line) => ({ key: keyOfRef(line.ref) }))
}

const searched = (line: Line): string => {
  switch (line._tag) {
    case "Said":
      return `${line.nick}: ${line.text}`
    case "File":
      return `${line.nick}: ${line.file.name} ${line.file.text ?? ""}`
    default:
      return ""
  }
}

/** The match that is so many matches later, or earlier if negative; undefined beyond the first and the last one. */
export const matchBeside = (matches: ReadonlyArray<Match>, key: string | undefined, by: -1 | 1): Match | undefined => {
  const at = matches.findIndex((match) => match.key === key)
  return at < 0 ? matches.at(-1) : matches[at + by]
}
