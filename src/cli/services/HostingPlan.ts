/** The rooms that `serve` hosts and the ports of their plain listeners, checked before anything is opened. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { AnyApp, Dialect } from "../../apps/App.ts"
import { type Language, languages } from "../../apps/Language.ts"
import { isLoopback } from "../../net/Address.ts"
import type { Environment } from "../../node/Folders.ts"
import * as FramingName from "../../protocol/framing/FramingName.ts"
import { nearest } from "../../protocol/NearestName.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import type { AppOption } from "../settings/AppOption.ts"
import { harmless, listed } from "../text/Format.ts"
import * as ConfigKeys from "./ConfigKeys.ts"

/** A plain listener. */
export interface PlannedListener {
  readonly dialect: Dialect
  /** 0 for any free port. */
  readonly port: number
}

export interface PlannedRoom {
  readonly name: string
  readonly app: AnyApp
  readonly config: Readonly<Record<string, string>>
  readonly listeners: ReadonlyArray<PlannedListener>
}

export interface Wanted {
  readonly apps: ReadonlyArray<AppOption>
  readonly profile: "course" | undefined
  readonly host: string
  readonly allowsUnproved: boolean
  /** Whether passwords may be said unencrypted from other machines. */
  readonly allowsPasswords: boolean
  /** Whether sessions are encrypted. */
  readonly isEncrypted: boolean
}

/** The rooms of a server; `apps` are those that exist. */
export const of = (wanted: Wanted, apps: ReadonlyArray<AnyApp>): Either.Either<ReadonlyArray<PlannedRoom>, Failure> =>
  Either.gen(function*() {
    const named: Array<PlannedRoom> = []
    for (const option of wanted.apps) {
      const room = yield* roomOf(option, apps)
      if (named.some(({ name }) => name === room.name)) {
        return yield* Either.left(
          usage(`${room.name} is given twice`, `give the second one a name: ${room.app.name}/NAME`)
        )
      }
      named.push(room)
    }
    const rooms = wanted.profile === undefined ? named : [...named, ...profileOf(apps, named)]
    yield* portsOf(rooms)
    const unproved = rooms.find(({ listeners }) => listeners.some(({ dialect }) => dialect.answersUnproved === true))
    if (unproved !== undefined && !isLoopback(wanted.host) && !wanted.allowsUnproved) {
      return yield* Either.left(usage(
        `${unproved.name} answers addresses that may be forged with more than it was asked for, and ${wanted.host} can be reached by other machines`,
        `leave it at 127.0.0.1, or permit it with --allow-unproved; ${unproved.name}@none offers it to sessions only`
      ))
    }
    const exposed = rooms.find((room) => isSecret(room) && (room.listeners.length > 0 || !wanted.isEncrypted))
    if (exposed !== undefined && !isLoopback(wanted.host) && !wanted.allowsPasswords) {
      return yield* Either.left(usage(
        `${exposed.name} takes passwords, which other machines would send to ${wanted.host} unencrypted`,
        `leave it at 127.0.0.1, or permit it with --plain-login; ${exposed.name}@none offers it to encrypted sessions only`
      ))
    }
    return rooms
  })

/** Whether its clients say passwords. */
const isSecret = ({ app, config }: PlannedRoom): boolean =>
  app.use((typed) =>
    Either.match(Schema.decodeUnknownEither(typed.config)(config), {
      onLeft: () => false,
      onRight: (decoded: typeof typed.config.Type) => typed.isSecret?.(decoded) === true
    })
  )

/** The app with a name. */
export const appOf = (name: string, apps: ReadonlyArray<AnyApp>): Either.Either<AnyApp, Failure> => {
  const names = apps.map((app) => app.name)
  const near = nearest(name, names)
  return Either.fromNullable(
    apps.find((app) => app.name === name),
    () =>
      usage(`there is no app "${name}"`, near === undefined ? `the apps are ${listed(names)}` : `did you mean ${near}?`)
  )
}

const roomOf = (
  { app: word, config: { framing, ...config }, name, port }: AppOption,
  apps: ReadonlyArray<AnyApp>
): Either.Either<PlannedRoom, Failure> =>
  Either.gen(function*() {
    const app = yield* appOf(word, apps)
    const problem = ConfigKeys.problemOf(app, config)
    if (problem !== undefined) return yield* Either.left(usage(problem.message, problem.hint))
    const listeners = port === "none"
      ? []
      : app.dialects.map((dialect) => ({ dialect, port: port ?? dialect.port }))
    return { name, app, config, listeners: framing === undefined ? listeners : yield* framed(listeners, framing, name) }
  })

/** The listeners with the key `framing` of the configuration, which every app has: how messages are isolated over TCP. */
const framed = (
  listeners: ReadonlyArray<PlannedListener>,
  framing: string,
  name: string
): Either.Either<ReadonlyArray<PlannedListener>, Failure> => {
  const parsed = FramingName.parse(framing)
  if (typeof parsed === "string") {
    return Either.left(usage(
      `the framing "${harmless(framing)}" of ${name}: ${parsed}`,
      "write it as in framing:lines or framing:padded:10,zeros"
    ))
  }
  if (!listeners.some(({ dialect }) => dialect.transport === "tcp")) {
    return Either.left(usage(
      `${name} has no plain listener over TCP, and framing isolates messages there only`,
      `leave out framing:${harmless(framing)}`
    ))
  }
  return Either.right(listeners.map(({ dialect, port }) => ({
    dialect: dialect.transport === "tcp" ? { ...dialect, framing } : dialect,
    port
  })))
}

/**
 * Every app that was not named, at its usual port; several apps with one usual port take the following ports, in the order of the list.
 * The dialects of one app with one usual port stay together.
 */
const profileOf = (apps: ReadonlyArray<AnyApp>, named: ReadonlyArray<PlannedRoom>): ReadonlyArray<PlannedRoom> => {
  const taken = new Set(named.flatMap(({ listeners }) => listeners.map(placeOf)))
  return apps.filter(({ name }) => !named.some((room) => room.name === name)).map((app) => {
    const moves = new Map<number, number>()
    for (const usual of new Set(app.dialects.map(({ port }) => port))) {
      const own = app.dialects.filter(({ port }) => port === usual)
      let port = usual
      while (own.some((dialect) => taken.has(placeOf({ dialect, port })))) port++
      for (const dialect of own) taken.add(placeOf({ dialect, port }))
      moves.set(usual, port)
    }
    const listeners = app.dialects.map((dialect) => ({ dialect, port: moves.get(dialect.port) ?? dialect.port }))
    return { name: app.name, app, config: {}, listeners }
  })
}

/** A multicast group shares its port with other groups, but not with a listener of datagrams. */
const placeOf = ({ dialect: { transport }, port }: PlannedListener): string =>
  `${transport === "multicast" ? "udp" : transport} ${port}`

const portsOf = (rooms: ReadonlyArray<PlannedRoom>): Either.Either<void, Failure> => {
  const first = new Map<string, string>()
  for (const { listeners, name } of rooms) {
    for (const listener of listeners) {
      if (listener.port === 0) continue
      const place = placeOf(listener)
      const other = first.get(place)
      if (other !== undefined) {
        return Either.left(usage(
          `${other} and ${name} have the same port, ${place}`,
          `give one of them another port: ${name}@PORT, or ${name}@0 for any free one`
        ))
      }
      first.set(place, name)
    }
  }
  return Either.right(undefined)
}

/** The language of the environment, as in `LANG=sk_SK.UTF-8`, if texts have it. */
export const languageOf = (environment: Environment): Language => {
  const locale = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || ""
  return languages.find((one) => new RegExp(`^${one}(?:[_.@-]|$)`, "i").test(locale)) ?? "en"
}
