/** The rooms of a person who has entered: the open room, what is beside it, and where the person writes. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { ConnectionState } from "../protocol/conversation/client/ClientView.ts"
import { type Divider, dividerOf, entriesOf } from "../protocol/conversation/client/RoomEntries.ts"
import { perform } from "../protocol/conversation/client/TypedLine.ts"
import { type AsideProps, People, Rooms } from "./Aside.tsx"
import { Composer } from "./Composer.tsx"
import { Conversation } from "./Conversation.tsx"
import * as Limits from "./PageLimits.ts"
import type { PageSession } from "./PageSession.ts"
import { peopleOf, shownAfter, type ShownAnswer } from "./RoomAnswers.ts"
import { selfOf, titleOf } from "./RoomTitle.ts"

export interface ScreenProps {
  readonly session: PageSession
  /** The room to show first. */
  readonly wanted: string | undefined
  readonly notice: string | undefined
  readonly onNotice: (notice: string | undefined) => void
  readonly onLogOut: () => void
}

export const Screen = ({ notice, onLogOut, onNotice, session, wanted }: ScreenProps) => {
  const [name, setName] = useState(wanted)
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({})
  const [list, setList] = useState<ShownAnswer["list"]>()
  const [isAside, setIsAside] = useState(false)
  const [isAtEnd, setIsAtEnd] = useState(true)
  const divider = useRef<{ readonly room: string; readonly from: Divider | undefined } | undefined>(undefined)
  const typing = useRef<number | undefined>(undefined)
  const { client, view } = session
  const self = selfOf(view)
  const open = view.rooms.find(({ room }) => room === name) ?? view.rooms.at(-1)
  const roomName = open?.room ?? ""

  useEffect(() => setName(wanted), [wanted])
  useEffect(() => {
    if (notice === undefined) return
    const timer = setTimeout(() => onNotice(undefined), Limits.noticeMillis)
    return () => clearTimeout(timer)
  }, [notice])
  useEffect(() => {
    if (roomName === "") return
    history.replaceState(null, "", `#${encodeURIComponent(roomName)}`)
  }, [roomName])
  const unread = view.rooms.reduce((sum, room) => sum + room.unread, 0)
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${
      roomName === "" ? "Holub" : titleOf(roomName, self.author, self.server)
    }`
  }, [unread, roomName, self.author])

  // The line above what was new stays until the person says something, or leaves the room.
  if (open !== undefined) {
    const now = dividerOf(open)
    if (divider.current?.room !== roomName || now !== undefined) divider.current = { room: roomName, from: now }
  }
  const isRead = isAtEnd && open?.isLive === true && open.unread > 0
  useEffect(() => {
    const read = (): void => {
      if (!isRead || !document.hasFocus()) return
      client.markRead(roomName)
      session.changed()
    }
    read()
    addEventListener("focus", read)
    return () => removeEventListener("focus", read)
  }, [isRead, roomName, open?.unread])

  const show = ({ isAside: aside, list: lines, notice: words, room }: ShownAnswer): void => {
    if (room !== undefined) setName(room)
    if (lines !== undefined) setList(lines)
    if (aside === true) setIsAside(true)
    onNotice(words)
    session.changed()
  }
  /** Does what a line says, in a room. */
  const did = (room: string, line: string): ShownAnswer =>
    shownAfter(perform(client, room === "" ? undefined : room, line, Date.now()), client.roomView(room), self.server)
  const run = (text: string): void => {
    const shown = did(roomName, text)
    if (shown.isWrong !== true) {
      setDrafts({ ...drafts, [roomName]: "" })
      setList(undefined)
      divider.current = undefined
      setIsAtEnd(true)
      typed()
    }
    show(shown)
  }
  /** The person does not type any more. */
  const typed = (): void => {
    if (typing.current === undefined) return
    clearTimeout(typing.current)
    typing.current = undefined
    client.setPresence(roomName, "here")
  }
  const write = (text: string): void => {
    setDrafts({ ...drafts, [roomName]: text })
    if (open === undefined || text.startsWith("/")) return
    if (typing.current === undefined) client.setPresence(roomName, "typing")
    clearTimeout(typing.current)
    typing.current = window.setTimeout(() => {
      typed()
      session.changed()
    }, Limits.typingMillis)
    session.changed()
  }
  const chosen = (room: string): void => {
    setName(room)
    setIsAside(false)
    setIsAtEnd(true)
  }
  const noFiles = (): void => onNotice("files are sent in a terminal: holub join, then /file PATH")
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      setList(undefined)
      setIsAside(false)
    }
    const way = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined
    if (way === undefined || view.rooms.length === 0) return
    event.preventDefault()
    const at = view.rooms.findIndex(({ room }) => room === roomName)
    const next = view.rooms[(at + way + view.rooms.length) % view.rooms.length]
    if (next !== undefined) chosen(next.room)
  }
  const people = open === undefined ? [] : peopleOf(open, self.server)
  const known = useMemo(() => ({
    rooms: view.rooms.map(({ room }) => room),
    people: people.filter(({ person }) => person !== self.author).map((one) => one.name),
    files: 0
  }), [people.length, view.rooms.length])
  const entries = open === undefined ? [] : entriesOf(open, {
    zoneMinutes: -new Date().getTimezoneOffset(),
    isIgnored: view.isIgnored,
    divider: divider.current?.from
  })
  const aside: AsideProps = {
    view,
    open,
    author: self.author,
    server: self.server,
    onRoom: chosen,
    onList: () => show({ ...did(roomName, "/rooms"), isAside }),
    onJoin: (room) => {
      setIsAside(false)
      show(did(roomName, `/join ${room}`))
    },
    onLeave: (room) => show(did(room, "/leave")),
    onPerson: (person) => {
      write(`${drafts[roomName] ?? ""}${person}: `)
      setIsAside(false)
    }
  }
  const typists = people.filter(({ person, state }) => state === "typing" && person !== self.author)
  return (
    <div
      class={isAside ? "screen aside" : "screen"}
      onKeyDown={onKeyDown}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        if ((event.dataTransfer?.files.length ?? 0) > 0) noFiles()
      }}
    >
      <header>
        <button type="button" class="menu" aria-expanded={isAside} onClick={() => setIsAside(!isAside)}>
          <span aria-hidden="true">☰</span>
          <span class="spoken">Rooms and people</span>
          {unread > 0 && <b class="count">{unread}</b>}
        </button>
        <h1>
          <bdi>{roomName === "" ? "Holub" : titleOf(roomName, self.author, self.server)}</bdi>
        </h1>
        <p class="topic" dir="auto">{open?.timeline.topic}</p>
        <p class={`state ${view.connection._tag.toLowerCase()}`} role="status">{wordsOf(view.connection)}</p>
        <button type="button" class="quiet" onClick={onLogOut}>Leave</button>
      </header>
      <div class="beside rooms">
        <Rooms {...aside} />
      </div>
      <main>
        {open === undefined
          ? <p class="hint beginning">No room is open.</p>
          : (
            <Conversation
              room={open}
              entries={entries}
              server={self.server}
              nick={self.nick}
              onEnd={setIsAtEnd}
              onEarlier={() => {
                onNotice(client.readPast(roomName))
                session.changed()
              }}
              onAgain={({ n }) => {
                const again = client.postAgain(roomName, n, Date.now())
                show(typeof again === "string" ? { notice: again } : {})
              }}
            />
          )}
        {list !== undefined && (
          <section class="list" aria-label={list.title}>
            <h2>{list.title}</h2>
            <button type="button" class="quiet" onClick={() => setList(undefined)}>Close</button>
            <pre tabIndex={0}>{list.lines.map((line, at) => <div key={at} dir="auto">{line}</div>)}</pre>
          </section>
        )}
        <p class="notice" role="status" dir="auto">
          {notice ?? (typists.length === 0 ? "" : `${typists.map((one) => one.name).slice(0, 3).join(", ")} typing …`)}
        </p>
        <Composer
          room={roomName}
          text={drafts[roomName] ?? ""}
          known={known}
          onText={write}
          onSend={run}
          onFile={noFiles}
        />
      </main>
      <div class="beside people">
        <People {...aside} />
      </div>
    </div>
  )
}

const wordsOf = (connection: ConnectionState): string => {
  switch (connection._tag) {
    case "Connecting":
      return "connecting …"
    case "Connected":
      return connection.nick
    case "Lost":
      return `${connection.reason}; trying again`
    case "Ended":
      return connection.reason
  }
}
