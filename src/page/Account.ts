/** How this browser was logged in the last time, and the requests that log in and out. The token itself is in a cookie that scripts cannot read. */
import type { Login } from "../protocol/conversation/client/ClientMessage.ts"

export type Remembered =
  | { readonly as: "account" }
  /** The token keeps the nick of a guest while this page is loaded again. */
  | { readonly as: "guest"; readonly nick: string; readonly token?: string }

const key = "holub"

/** Undefined for a browser that was never here, or keeps nothing. */
export const remembered = (): Remembered | undefined => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null")
    if (typeof value !== "object" || value === null || !("as" in value)) return undefined
    if (value.as === "account") return { as: "account" }
    if (value.as !== "guest" || !("nick" in value) || typeof value.nick !== "string") return undefined
    const token = sessionStorage.getItem(key)
    return { as: "guest", nick: value.nick, ...(token && { token }) }
  } catch {
    return undefined
  }
}

export const remember = (how: Remembered | undefined): void => {
  try {
    sessionStorage.removeItem(key)
    if (how === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(how.as === "account" ? how : { as: "guest", nick: how.nick }))
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
}

/** Keeps the nick of a guest, and its token for this tab: another one is another guest. */
export const rememberGuest = (nick: string, token: string): void => {
  try {
    remember({ as: "guest", nick })
    sessionStorage.setItem(key, token)
  } catch {
    // As above.
  }
}

/** An empty token stands for that of the cookie. */
export const loginOf = (how: Remembered): Login => {
  if (how.as === "account") return { as: "token", token: "" }
  if (how.token !== undefined) return { as: "token", token: how.token }
  return { as: "guest", ...(how.nick === "" ? {} : { nick: how.nick }) }
}

export interface Credentials {
  readonly as: "password" | "register"
  readonly name: string
  readonly password: string
  readonly invitation?: string
}

/** Logs in. The text is why not. */
export const logIn = async (credentials: Credentials): Promise<string | undefined> => {
  try {
    const response = await posted("/login", credentials)
    if (response.ok) return undefined
    const answer: unknown = await response.json()
    return typeof answer === "object" && answer !== null && "reason" in answer
      ? String(answer.reason)
      : "the server has refused it"
  } catch {
    return "the server cannot be reached"
  }
}

/** Logs out: the token of the cookie is worthless afterwards. */
export const logOut = async (): Promise<void> => {
  try {
    await posted("/logout", {})
  } catch {
    // Without a connection the cookie stays until it expires.
  }
}

const posted = (path: string, body: unknown): Promise<Response> =>
  fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body)
  })
