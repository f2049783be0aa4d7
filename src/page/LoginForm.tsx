/** Asks who the person is: a guest, somebody with an account, or somebody who wants one. */
import { useState } from "preact/hooks"
import type { Credentials, Remembered } from "./Account.ts"
import { logIn } from "./Account.ts"

export interface LoginFormProps {
  /** Why the person is asked: the end of the connection before. */
  readonly reason: string | undefined
  readonly onEnter: (how: Remembered) => void
}

type Way = "guest" | Credentials["as"]

const ways: ReadonlyArray<readonly [Way, string]> = [
  ["guest", "As a guest"],
  ["password", "Log in"],
  ["register", "New account"]
]

export const LoginForm = ({ onEnter, reason }: LoginFormProps) => {
  const [way, setWay] = useState<Way>("guest")
  const [problem, setProblem] = useState(reason)
  const [isBusy, setIsBusy] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const textOf = (name: string): string => String(form.get(name) ?? "")
    const name = textOf("name").trim()
    if (way === "guest") return onEnter({ as: "guest", nick: name })
    setIsBusy(true)
    const invitation = textOf("invitation").trim()
    const refused = await logIn({ as: way, name, password: textOf("password"), ...(invitation && { invitation }) })
    setIsBusy(false)
    if (refused === undefined) onEnter({ as: "account" })
    else setProblem(refused)
  }
  const isNew = way === "register"
  return (
    <main class="login">
      <h1>Holub</h1>
      <p>
        Rooms at <bdi>{location.host}</bdi>
      </p>
      <div class="ways" role="group" aria-label="How to enter">
        {ways.map(([one, words]) => (
          <button
            type="button"
            key={one}
            aria-pressed={way === one}
            onClick={() => setWay(one)}
          >
            {words}
          </button>
        ))}
      </div>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          {way === "guest" ? "Nick" : "Name"}
          <input
            name="name"
            autocomplete={way === "guest" ? "nickname" : "username"}
            maxLength={64}
            required={way !== "guest"}
            placeholder={way === "guest" ? "one is chosen for you" : ""}
            autofocus
            dir="auto"
          />
        </label>
        {way !== "guest" && (
          <label>
            Password
            <input
              name="password"
              type="password"
              autocomplete={isNew ? "new-password" : "current-password"}
              maxLength={1024}
              required
            />
          </label>
        )}
        {isNew && (
          <label>
            Invitation, if you were given one
            <input name="invitation" autocomplete="off" maxLength={256} />
          </label>
        )}
        <button class="main" type="submit" disabled={isBusy}>
          {isBusy ? "One moment …" : isNew ? "Make the account" : "Enter"}
        </button>
      </form>
      <p role="alert" class="problem">{problem}</p>
    </main>
  )
}
