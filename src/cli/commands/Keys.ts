/** `holub key show` and `holub key rotate`: the keys of this user. */
import * as Effect from "effect/Effect"
import * as HostKeys from "../../node/security/HostKeys.ts"
import * as KeyFile from "../../node/security/KeyFile.ts"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import type { Paths } from "../../node/security/NodeKeyring.ts"
import { pathsOf } from "../../node/security/NodeKeyring.ts"
import * as Files from "../../node/storage/Files.ts"
import * as KeyText from "../../security/KeyText.ts"
import * as KeyWords from "../../security/KeyWords.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import * as Failures from "../errors/Failure.ts"
import type { EventOf } from "../report/Report.ts"
import type { KeyringValues } from "../settings/KeyringOptions.ts"
import * as KeyringOptions from "../settings/KeyringOptions.ts"
import type { Values } from "../settings/Settings.ts"
import { harmless } from "../text/Format.ts"
import type { CommandContext, Run } from "./CommandContext.ts"
import { unlessStopped } from "./Layers.ts"

type KeyEvent = EventOf<"key">

/** What reads and writes key files on this machine. */
export const tools = (): KeyFile.KeyTools => ({ files: Files.make(), crypto: nodeCrypto })

/** The files of this user, or those that the settings name. */
export const filesOf = (values: KeyringValues, { sources }: Pick<CommandContext, "sources">): Paths =>
  pathsOf(KeyringOptions.fromSettings(values, sources.environment))

/** Shows the keys, and makes those that do not exist: a server uses this host key, a client this identity from now on. */
export const show: Run<Pick<Values, "hostKey" | "identity">> = unlessStopped((values, context) =>
  Effect.gen(function*() {
    const { hostKey, identity } = filesOf(values, context)
    const machine = tools()
    const before = yield* HostKeys.peek(machine, hostKey)
    const { host, next } = yield* HostKeys.open(machine, hostKey)
    const stored = yield* KeyFile.load(machine, identity, "the identity")
    const client = stored ?? (yield* KeyFile.loadOrCreate(machine, identity, "the identity"))
    const made = [...(before === undefined ? ["the host key"] : []), ...(stored === undefined ? ["the identity"] : [])]
    yield* shown(context, eventOf("host", host.publicKey, hostKey))
    if (next !== undefined) yield* shown(context, nextEventOf(next, hostKey))
    yield* shown(context, eventOf("identity", client.keyPair.publicKey, identity))
    if (made.length > 0) yield* context.report.note(`made ${made.join(" and ")}`)
    return ExitCode.ok
  }).pipe(Effect.mapError(Failures.ofKeyring))
)

/** Makes the next host key. */
export const rotate: Run<Pick<Values, "hostKey">> = unlessStopped((values, context) =>
  Effect.gen(function*() {
    const { hostKey } = filesOf(values, context)
    const { next } = yield* HostKeys.rotate(tools(), hostKey)
    if (next === undefined) return ExitCode.ok
    yield* shown(context, nextEventOf(next, hostKey))
    yield* context.report.note(
      `restart the server now: clients learn the next key from it. The first restart after ${
        KeyFile.secondsOf(next.fromMillis)
      } makes it the host key`
    )
    return ExitCode.ok
  }).pipe(Effect.mapError(Failures.ofKeyring))
)

const eventOf = (kind: KeyEvent["kind"], key: Uint8Array, path: string): KeyEvent => ({
  type: "key",
  kind,
  key: KeyText.encode(nodeCrypto, key),
  words: KeyWords.ofKey(nodeCrypto, key),
  path
})

const nextEventOf = ({ fromMillis, keyPair }: HostKeys.NextKey, hostKey: string): KeyEvent => ({
  ...eventOf("nextHost", keyPair.publicKey, HostKeys.nextPathOf(hostKey)),
  from: KeyFile.secondsOf(fromMillis)
})

const names: Readonly<Record<KeyEvent["kind"], string>> = {
  host: "host key",
  nextHost: "next host key",
  identity: "identity"
}

const shown = ({ print, report }: CommandContext, event: KeyEvent): Effect.Effect<void> => {
  const { from, kind, path } = event
  const lines = [
    `${names[kind]}  ${event.key}`,
    event.words,
    harmless(path),
    ...(from === undefined ? [] : [`from ${from}`])
  ]
  return Effect.zipRight(
    report.emit(event),
    print(lines.map((line, at) => `${at === 0 ? "" : "  "}${line}\n`).join(""))
  )
}
