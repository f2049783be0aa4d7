/**
 * Keeps the tokens of accounts out of the scripts of the page. The page logs in with an empty token, and the server of the page puts the one of
 * the cookie into its place; a token in an answer is left out, but for that of a guest, which only keeps a nick for a while.
 */
import type { Login } from "../protocol/conversation/client/ClientMessage.ts"

/** The log-in of the page: that of its cookie. */
export const cookieLogin: Login = { as: "token", token: "" }

/** The first message of a page, with the token of its cookie; undefined if it needs one and there is none. Other texts are as they are. */
export const withToken = (text: string, token: string | undefined): string | undefined => {
  const message = objectOf(text)
  if (!isRecord(message?.["login"]) || message["login"]["as"] !== "token" || message["login"]["token"] !== "") {
    return text
  }
  return token === undefined ? undefined : JSON.stringify({ ...message, login: { as: "token", token } })
}

export interface WithoutToken {
  readonly text: string
  /** No later message has a token. */
  readonly isWelcome: boolean
}

/** An answer before or with `welcome`, without the token of an account. */
export const withoutToken = (text: string): WithoutToken => {
  const message = objectOf(text)
  if (message?.["t"] !== "welcome") return { text, isWelcome: false }
  if (message["isGuest"] === true) return { text, isWelcome: true }
  const { expires: _, token: __, ...rest } = message
  return { text: JSON.stringify(rest), isWelcome: true }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

const objectOf = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
