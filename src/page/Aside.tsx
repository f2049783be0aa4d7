/** Beside a room: the rooms, the people in the open one, and the linked servers. */
import type { ClientView, RoomView } from "../protocol/conversation/client/ClientView.ts"
import { peopleOf } from "./RoomAnswers.ts"
import { titleOf } from "./RoomTitle.ts"

export interface AsideProps {
  readonly view: ClientView
  readonly open: RoomView | undefined
  readonly author: string | undefined
  readonly server: string
  readonly onRoom: (room: string) => void
  readonly onList: () => void
  readonly onJoin: (name: string) => void
  readonly onLeave: (room: string) => void
  readonly onPerson: (name: string) => void
}

export const Rooms = ({ author, onJoin, onLeave, onList, onRoom, open, server, view }: AsideProps) => {
  const others = view.listed.filter(({ room }) => !view.rooms.some((one) => one.room === room))
  return (
    <nav aria-label="Rooms">
      <h2>Rooms</h2>
      <ul>
        {view.rooms.map(({ room, unread }) => (
          <li key={room}>
            <button
              type="button"
              class="room"
              aria-current={room === open?.room ? "page" : undefined}
              onClick={() => onRoom(room)}
            >
              <bdi>{titleOf(room, author, server)}</bdi>
              {unread > 0 && <b class="count" aria-label={`${unread} new`}>{unread}</b>}
            </button>
            <button type="button" class="quiet" aria-label={`Leave ${room}`} onClick={() => onLeave(room)}>×</button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const form = event.currentTarget
          onJoin(String(new FormData(form).get("room") ?? ""))
          form.reset()
        }}
      >
        <input name="room" aria-label="Name of a room to enter" placeholder="Enter a room …" autocomplete="off" />
      </form>
      <button type="button" class="quiet" onClick={onList}>Rooms of the server</button>
      {others.length > 0 && (
        <ul>
          {others.map(({ people, room }) => (
            <li key={room}>
              <button type="button" class="room" onClick={() => onJoin(room)}>
                <bdi>{titleOf(room, author, server)}</bdi> <small>{people} here</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </nav>
  )
}

export const People = ({ author, onPerson, open, server, view }: AsideProps) => {
  const people = open === undefined ? [] : peopleOf(open, server)
  return (
    <section aria-label="People and servers">
      <h2>{people.length} here</h2>
      <ul class="people">
        {people.map(({ name, person, power, state }) => (
          <li key={person} class={state}>
            <button type="button" class="room" disabled={person === author} onClick={() => onPerson(name)}>
              <bdi>{name}</bdi>
              {power !== undefined && <small>{" "}{power}</small>}
              {state !== "here" && <small>{" "}{state}</small>}
            </button>
          </li>
        ))}
      </ul>
      {view.links.length > 0 && (
        <>
          <h2>Linked servers</h2>
          <ul>
            {view.links.map((link) => (
              <li key={link.server} class={link.isLinked ? "here" : "away"}>
                <bdi>{link.server}</bdi> <small>{link.isLinked ? "linked" : "away"}</small>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
