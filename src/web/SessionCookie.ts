/** The cookie that keeps the token of an account in a browser, out of reach for scripts (RFC 6265, and its SameSite). */

export interface CookiePlace {
  /** Of the listener: cookies of all servers of a host are sent to each of them, whatever its port. */
  readonly port: number
  readonly isSecure: boolean
}

/** `__Host-` binds it to the host and to https. */
export const nameOf = ({ isSecure, port }: CookiePlace): string => `${isSecure ? "__Host-" : ""}holub-${port}`

/** The value of `Set-Cookie` that keeps a token for so many seconds. */
export const keep = (place: CookiePlace, token: string, seconds: number): string =>
  `${nameOf(place)}=${token}; Path=/; Max-Age=${Math.max(0, Math.floor(seconds))}; ${attributes(place)}`

/** The value of `Set-Cookie` that removes it. */
export const forget = (place: CookiePlace): string => `${nameOf(place)}=; Path=/; Max-Age=0; ${attributes(place)}`

/** The token in the header `Cookie` of a request. */
export const tokenIn = (header: string | undefined, place: CookiePlace): string | undefined => {
  const name = nameOf(place)
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=")
    const value = pair.slice(at + 1).trim()
    if (at > 0 && pair.slice(0, at).trim() === name && tokenForm.test(value)) return value
  }
  return undefined
}

const attributes = ({ isSecure }: CookiePlace): string => `HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`

/** That of `AccountSecret`: letters and digits only, so that a header has no place for anything else. */
const tokenForm = /^[A-Za-z0-9]{1,256}$/
