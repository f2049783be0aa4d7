/** The value of `--app`: the app, its room, its configuration and its port. Whether they exist is checked by the command. */
import * as Either from "effect/Either"

/** An app as it was asked for. */
export interface AppOption {
  readonly app: string
  /** The room: the name of the app, or `APP/ROOM`. */
  readonly name: string
  /** The texts of `key:value,…`. */
  readonly config: Readonly<Record<string, string>>
  /** Of the plain listeners; 0 for any free one. Undefined: the app's usual ones. */
  readonly port: number | "none" | undefined
  /** The option as it was written. */
  readonly written: string
}

const form = "must be NAME[/ROOM][=CONFIG][@PORT], like echo, echo@9090 or words/kyiv=players:2@30004"

/** The names of apps and rooms: a room is also a name of a file. */
const names = /^([a-z][a-z0-9-]{0,31})(?:\/([\p{L}\p{N}][\p{L}\p{N}._-]{0,31}))?$/u

/**
 * Reads `words/kyiv=players:2,language:uk@30004`. The port is after the last `@`. A value may have a `:`, and a comma that is not before
 * another `key:`, as in `framing:padded:10,zeros`.
 */
export const parseApp = (text: string): Either.Either<AppOption, string> => {
  const [, front = "", place] = /^(.*?)(?:@([^@/,:=]*))?$/su.exec(text) ?? []
  const port = place === undefined ? undefined : portOf(place)
  const at = front.indexOf("=")
  const [, app, room] = names.exec(at < 0 ? front : front.slice(0, at)) ?? []
  if (app === undefined) return Either.left(form)
  if (port === false) return Either.left("must have a port from 0 to 65535 after @, or @none")
  const config = at < 0 ? {} : configOf(front.slice(at + 1))
  if (config === undefined) {
    return Either.left("must have its configuration as key:value,key:value after the =, each key once")
  }
  return Either.right({ app, name: room === undefined ? app : `${app}/${room}`, config, port, written: text })
}

const portOf = (text: string): number | "none" | false => {
  if (text === "none") return text
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : false
}

const configOf = (text: string): Readonly<Record<string, string>> | undefined => {
  const pairs = text.split(/,(?=[a-z][A-Za-z0-9-]*:)/).map((pair) => /^([a-z][A-Za-z0-9-]*):(.*)$/su.exec(pair))
  const config: Record<string, string> = Object.create(null)
  for (const pair of pairs) {
    const [, key, value] = pair ?? []
    if (key === undefined || value === undefined || key in config) return undefined
    config[key] = value
  }
  return { ...config }
}
