/** `holub trust list`, `trust remove` and `trust replace`: the servers whose keys this user knows. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { parse as parseAddress } from "../../net/Address.ts"
import { secondsOf } from "../../node/security/KeyFile.ts"
import * as KnownHosts from "../../node/security/KnownHosts.ts"
import type { Known } from "../../node/security/KnownHostsText.ts"
import * as KnownHostsText from "../../node/security/KnownHostsText.ts"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import * as KeyText from "../../security/KeyText.ts"
import * as KeyWords from "../../security/KeyWords.ts"
import * as PlaceName from "../../security/PlaceName.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { settings } from "../settings/Settings.ts"
import { harmless } from "../text/Format.ts"
import type { CommandContext, Run } from "./CommandContext.ts"
import * as Keys from "./Keys.ts"
import { unlessStopped } from "./Layers.ts"
import { exactly } from "./Operands.ts"

interface Operands {
  readonly operands: ReadonlyArray<string>
}

/** Prints a line for each known server: its name, its key, its words and the day. */
export const list: Run<object> = unlessStopped((_, context) =>
  Effect.gen(function*() {
    const { print, report } = context
    const path = pathIn(context)
    const lines = yield* Effect.mapError(KnownHosts.read(Keys.tools(), path), Failures.ofKeyring)
    for (const line of lines) {
      if (line.problem !== undefined) {
        const message = KnownHosts.sentenceOf(path, line)
        yield* report.emit({ type: "warning", code: "DamagedLine", message })
      }
      if (line.known === undefined) continue
      const event = eventOf(line.known)
      yield* report.emit(event)
      yield* print(`${event.server}  ${event.key}  since ${event.firstSeen}\n  ${event.words}\n`)
      if (event.next !== undefined) yield* print(`  next ${event.next}\n`)
    }
    if (lines.every(({ known }) => known === undefined)) yield* report.note(`no server is known in ${harmless(path)}`)
    return ExitCode.ok
  })
)

/** Forgets a server: the next contact is one with an unknown server. */
export const remove: Run<Operands> = unlessStopped(({ operands }, context) =>
  Effect.gen(function*() {
    const [place] = yield* exactly(operands, ["HOST[:PORT]"], "trust remove")
    const server = yield* serverOf(place)
    const before = yield* changed(context, (lines) => {
      const after = KnownHostsText.removed(lines, server)
      return after.length === lines.length ? undefined : after
    })
    if (KnownHostsText.removed(before, server).length === before.length) {
      return yield* Effect.fail(Failures.usage(`${server} is not known`, "`holub trust list` lists the known servers"))
    }
    yield* context.report.emit({ type: "forgotten", server })
    yield* context.report.note(`forgot ${server}`)
    return ExitCode.ok
  })
)

/** Puts a key in the place of all that is known of a server. */
export const replace: Run<Operands> = unlessStopped(({ operands }, context) =>
  Effect.gen(function*() {
    const [place, text] = yield* exactly(operands, ["HOST[:PORT]", "KEY"], "trust replace")
    const server = yield* serverOf(place)
    const key = yield* Either.mapLeft(
      KeyText.parse(nodeCrypto, text),
      (why) => Failures.usage(`the key ${why}`, "copy it from `holub key show` on the machine of the server")
    )
    const firstSeen = secondsOf(yield* Clock.currentTimeMillis)
    const known: Known = { name: server, key, firstSeen, next: undefined }
    yield* changed(context, (lines) => KnownHostsText.replaced(nodeCrypto, lines, known))
    const event = eventOf(known)
    yield* context.report.emit(event)
    yield* context.report.note(`${server} has the key ${event.key} from now on: ${event.words}`)
    return ExitCode.ok
  })
)

const pathIn = (context: CommandContext): string => Keys.filesOf({}, context).knownHosts

const changed = (context: CommandContext, change: Parameters<typeof KnownHosts.change>[2]) =>
  Effect.mapError(KnownHosts.change(Keys.tools(), pathIn(context), change), Failures.ofKeyring)

/** The name under which a server is known. A key before it, as in `--to`, is passed over. */
const serverOf = (text: string): Either.Either<string, Failure> => {
  const address = parseAddress(text.replace(/^hk1[a-z2-7]*@/i, ""), Number(settings.port.fallback))
  const name = address === undefined || address.port === 0 ? undefined : PlaceName.ofPlace(address)
  return Either.fromNullable(
    name,
    () => Failures.usage(`"${harmless(text)}" is not HOST, HOST:PORT or [IPv6]:PORT`)
  )
}

const eventOf = ({ firstSeen, key, name, next }: Known) => ({
  type: "known" as const,
  server: harmless(name),
  key: KeyText.encode(nodeCrypto, key),
  words: KeyWords.ofKey(nodeCrypto, key),
  firstSeen,
  next: next === undefined ? undefined : KeyText.encode(nodeCrypto, next)
})
