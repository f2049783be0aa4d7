/** The lines of a room. It stays at its end while it is read there, and at its place while earlier lines come. */
import { useLayoutEffect, useRef } from "preact/hooks"
import type { RoomView, Unrecorded } from "../protocol/conversation/client/ClientView.ts"
import type { Entry } from "../protocol/conversation/client/RoomEntries.ts"
import * as Limits from "./PageLimits.ts"
import { RoomLine } from "./RoomLine.tsx"

export interface ConversationProps {
  readonly room: RoomView
  readonly entries: ReadonlyArray<Entry>
  readonly server: string
  readonly nick: string
  /** The person reads the end of the room, or not any more. */
  readonly onEnd: (isAtEnd: boolean) => void
  readonly onEarlier: () => void
  readonly onAgain: (post: Unrecorded) => void
}

export const Conversation = ({ entries, onAgain, onEarlier, onEnd, ...props }: ConversationProps) => {
  const { room } = props
  const log = useRef<HTMLDivElement>(null)
  const place = useRef({ room: "", isAtEnd: true, first: "", height: 0, top: 0 })
  const first = entries.find(({ _tag }) => _tag === "Line")?.key ?? ""
  useLayoutEffect(() => {
    const element = log.current
    if (element === null) return
    const { current } = place
    if (current.room !== room.room) Object.assign(current, { room: room.room, isAtEnd: true })
    if (current.isAtEnd) element.scrollTop = element.scrollHeight
    else if (current.first !== first) element.scrollTop = current.top + element.scrollHeight - current.height
    Object.assign(current, { first, height: element.scrollHeight, top: element.scrollTop })
  }, [entries, first, room.room])
  const onScroll = (): void => {
    const element = log.current
    if (element === null) return
    const rest = element.scrollHeight - element.scrollTop - element.clientHeight
    const isAtEnd = rest < Limits.endPixels
    if (isAtEnd !== place.current.isAtEnd) onEnd(isAtEnd)
    Object.assign(place.current, { isAtEnd, height: element.scrollHeight, top: element.scrollTop })
    if (element.scrollTop < Limits.earlierPixels && isEarlierWanted(room)) onEarlier()
  }
  return (
    <div class="log" ref={log} onScroll={onScroll} tabIndex={0} role="log" aria-label={`Messages of ${room.room}`}>
      <div class="lines">
        {room.isWhole
          ? <p class="hint beginning">This is the beginning of the room.</p>
          : (
            <button type="button" class="earlier" disabled={!isEarlierWanted(room)} onClick={onEarlier}>
              {room.isReadingPast ? "Earlier messages are coming …" : "Earlier messages"}
            </button>
          )}
        {entries.map((entry) => <RoomLine key={entry.key} entry={entry} onAgain={onAgain} {...props} />)}
        {room.refusal !== undefined && <p class="problem">{room.refusal}</p>}
      </div>
    </div>
  )
}

const isEarlierWanted = ({ isLive, isReadingPast, isWhole }: RoomView): boolean => isLive && !isWhole && !isReadingPast
