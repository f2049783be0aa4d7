/** The text of `--store`: a file, or the URL of a database in Postgres. Pure. */
import * as Either from "effect/Either"

export type StoreLocation =
  | { readonly _tag: "File"; readonly path: string }
  /** A URL without a password, as libpq reads it. */
  | { readonly _tag: "Postgres"; readonly url: string }

/** What is wrong with a text, and what to do. Neither quotes the text, which may have a password. */
export interface StoreLocationProblem {
  /** A sentence without a full stop. */
  readonly message: string
  readonly hint: string
}

export const parse = (text: string): Either.Either<StoreLocation, StoreLocationProblem> => {
  if (text === "") return problem("the path of the store is empty", forms)
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    return text === ":memory:" || text.includes("\0")
      ? problem("the store is not a path", forms)
      : Either.right({ _tag: "File", path: text })
  }
  if (scheme !== "postgres" && scheme !== "postgresql") {
    return problem(`a store cannot be at a URL of ${scheme}`, forms)
  }
  // A URL without a host, as for a socket in a folder, has a placeholder while it is parsed.
  const url = parsed(text.replace(/^[^:]+:\/\/([^/?#]*@)?(?=[/?#]|$)/, "postgres://$1localhost"))
  if (url === undefined) return problem("the URL of the store is malformed", forms)
  if (url.password !== "" || secrets.some((name) => url.searchParams.has(name))) {
    return problem(
      "the URL of the store has a password, which other users of this machine can read in the list of processes",
      "put the password into a file, `host:port:database:user:password` in a line, with mode 0600; name the file in the variable "
        + "PGPASSFILE, and leave the password out of the URL"
    )
  }
  return Either.right({ _tag: "Postgres", url: text })
}

const problem = (message: string, hint: string) => Either.left({ message, hint })

const parsed = (text: string): URL | undefined => {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** Parameters of a URL that hold a secret. */
const secrets = ["password", "sslpassword"]

const forms = "name a file, such as holub.store, or a database: postgres://USER@HOST/DATABASE"
