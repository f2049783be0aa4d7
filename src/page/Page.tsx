/** The page: asks who the person is, and shows the rooms of that person until the connection ends for good. */
import { render } from "preact"
import { useEffect, useMemo, useState } from "preact/hooks"
import { loginOf, logOut, remember, type Remembered, remembered, rememberGuest } from "./Account.ts"
import { LoginForm } from "./LoginForm.tsx"
import { PageSession } from "./PageSession.ts"
import { Screen } from "./Screen.tsx"

const Page = () => {
  const [how, setHow] = useState(remembered)
  const [reason, setReason] = useState<string>()
  const enter = (entered: Remembered): void => {
    remember(entered)
    setReason(undefined)
    setHow(entered)
  }
  const leave = (why: string | undefined): void => {
    // The nick of a guest is kept for a while only; afterwards it is asked for like that of any other.
    if (why !== undefined && how?.as === "guest" && how.token !== undefined) {
      return enter({ as: "guest", nick: how.nick })
    }
    remember(undefined)
    setReason(why)
    setHow(undefined)
  }
  return how === undefined
    ? <LoginForm reason={reason} onEnter={enter} />
    : <Entered key={JSON.stringify(how)} how={how} onEnded={leave} />
}

interface EnteredProps {
  readonly how: Remembered
  readonly onEnded: (reason: string | undefined) => void
}

/** A person who has entered, until the connection ends. */
const Entered = ({ how, onEnded }: EnteredProps) => {
  const [, setTurn] = useState(0)
  const [notice, setNotice] = useState<string>()
  const [wanted, setWanted] = useState<string>()
  const session = useMemo(
    () =>
      new PageSession(loginOf(how), {
        onChange: () => setTurn((turn) => turn + 1),
        onEvent: (event) => {
          if (event._tag === "Welcomed") welcomed(event.token)
          if (event._tag === "Refused" || event._tag === "Unposted") setNotice(event.reason)
        }
      }),
    [how]
  )
  /** Opens the room in the address, or the hall. */
  const welcomed = (token: string | undefined): void => {
    const { connection: now } = session.view
    if (now._tag === "Connected" && now.isGuest && token !== undefined) {
      rememberGuest(now.nick.replace(/^~/, ""), token)
    }
    if (session.view.rooms.length > 0) return
    const room = decodeURIComponent(location.hash.slice(1)) || "hall"
    setNotice(session.client.openRoom(room))
    setWanted(room)
    session.changed()
  }
  useEffect(() => {
    session.connect()
    const again = (): void => session.connect()
    addEventListener("online", again)
    return () => {
      removeEventListener("online", again)
      session.close("the page is left")
    }
  }, [session])
  const { connection } = session.view
  useEffect(() => {
    if (connection._tag === "Ended") onEnded(connection.reason)
  }, [connection._tag])
  const leave = async (): Promise<void> => {
    session.close("logged out")
    if (how.as === "account") await logOut()
    onEnded(undefined)
  }
  return (
    <Screen
      session={session}
      wanted={wanted}
      notice={notice}
      onNotice={setNotice}
      onLogOut={() => void leave()}
    />
  )
}

const root = document.getElementById("page")
if (root !== null) render(<Page />, root)
