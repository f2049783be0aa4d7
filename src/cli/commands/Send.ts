/** `holub send`: sends files, texts and standard input, in the order in which they were given. */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { type Address, format } from "../../net/Address.ts"
import * as StandardInput from "../../node/storage/StandardInput.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Storage, StorageError } from "../../storage/Storage.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import type { Session } from "../../transport/Transport.ts"
import { Transport, type WireName } from "../../transport/Transport.ts"
import { combined, ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import type { Output } from "../report/Output.ts"
import type { Report, Underway } from "../report/Report.ts"
import { failed } from "../report/Report.ts"
import * as Transfers from "../report/Transfers.ts"
import * as Unprotected from "../report/Unprotected.ts"
import { settings, type Values } from "../settings/Settings.ts"
import type { Given } from "../settings/Sources.ts"
import type { ClientOptions, ClientValues } from "../settings/WireOptions.ts"
import * as WireOptions from "../settings/WireOptions.ts"
import { count, quoted } from "../text/Format.ts"
import type { Run } from "./CommandContext.ts"
import * as Connecting from "./Connecting.ts"
import type { Item, SendError, Wanted } from "./Item.ts"
import * as Items from "./Item.ts"
import { type NetworkValues, onNetwork, unlessStopped } from "./Layers.ts"
import * as Message from "./Message.ts"

export interface SendOptions {
  readonly wanted: ReadonlyArray<Wanted>
  /** The flags as they were given, without those of texts: for the command that sends the rest. */
  readonly written: ReadonlyArray<string>
}

type SendValues = Pick<Values, "name" | "text">

/** The options of `send`; `given` is the command line, which has the order of texts and files. */
export const options = (values: SendValues, given: ReadonlyArray<Given>): Either.Either<SendOptions, Failure> =>
  Either.map(Items.wantedOf(values, given), (wanted) => ({
    wanted,
    written: given.flatMap((item) => item._tag === "Flag" && !ofItems.includes(item.name) ? [item.argument] : [])
  }))

const ofItems = [settings.text.name, settings.name.name]

const commandOf = (written: ReadonlyArray<string>, items: ReadonlyArray<Item>): string =>
  ["holub", "send", ...written, ...items.flatMap((item) => Items.argumentsFor(item.wanted))].map(quoted).join(" ")

/** The flags with a key in the destination, wherever the destination came from. */
const pinned = (written: ReadonlyArray<string>, to: Address, keyText: string): ReadonlyArray<string> => [
  `--to=${keyText}@${format(to)}`,
  ...written.filter((argument) => !argument.startsWith(`--${settings.to.name}=`))
]

/** The command on this machine. A person at a terminal is asked about the key of an unknown server, a script is not. */
export const start: Run<SendValues & ClientValues & NetworkValues & Pick<Values, "json">, Terminal.Terminal> =
  unlessStopped((values, context) =>
    Effect.gen(function*() {
      const wanted = yield* options(values, context.sources.given)
      const terminal = yield* Terminal.Terminal
      const asks = (yield* terminal.isTTY) && !values.json
      const isTrusted = asks ? yield* askingAt(context.outputs.stderr) : undefined
      const sent = run(wanted, { ...WireOptions.client(values), isTrusted }, context.report, StandardInput.bytes)
      const exposed = { wire: values.wire, isEncrypted: values.wire === "tcp" || values.protection === "aead" }
      return yield* onNetwork(Effect.zipRight(Unprotected.warned(exposed, context.report), sent), values, context)
    })
  )

/** Asks at the terminal whether to trust a key; the dialog is loaded and opened for the question only. */
const askingAt = (stderr: Output): Effect.Effect<Connecting.Destination["isTrusted"], never, Terminal.Terminal> =>
  Effect.map(Effect.context<Terminal.Terminal>(), (context) => (server, key) =>
    Effect.gen(function*() {
      const [{ isTrusted }, TerminalDialog, { ofProcess }] = yield* Effect.promise(() =>
        Promise.all([
          import("../trust/KeyQuestion.ts"),
          import("../interactive/TerminalDialog.ts"),
          import("../interactive/TerminalDevice.ts")
        ])
      )
      return yield* Effect.provide(isTrusted(server, key), TerminalDialog.layer(ofProcess(stderr)))
    }).pipe(Effect.provide(context)))

/** Sends all items; fails before the first frame if an item cannot be read or the wire cannot carry it. */
export const run = (
  { wanted, written }: SendOptions,
  client: ClientOptions & Pick<Connecting.Destination, "isTrusted">,
  report: Report,
  stdin: Stream.Stream<Uint8Array, StorageError>
): Effect.Effect<ExitCode, Failure, Transport | Keyring | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const { capabilities: { wire } } = yield* Transport
    const items = yield* Effect.forEach(wanted, (one) => Items.open(one, stdin, client.message))
    const pending = [...items]
    const codes: Array<ExitCode> = []
    let current: Item | undefined
    let restarts = 0
    let sending: Underway | undefined
    yield* Effect.forkScoped(report.progress(() => sending === undefined ? [] : [sending]))

    const sendOne = (session: Session, item: Item) =>
      Effect.gen(function*() {
        const id = String(codes.length + 1)
        const outcome = yield* Effect.either(Effect.gen(function*() {
          const message = yield* Message.prepare(session, item, client.message)
          yield* report.emit(message.started(id))
          const place = { number: codes.length + 1, of: items.length }
          sending = message.underway({ id, label: Items.shortLabel(item), place })
          const sent = yield* message.send
          yield* report.emit(message.sent(sent, id))
          yield* Message.noteSpared(report, client.message, sent)
        }))
        sending = undefined
        if (outcome._tag === "Left" && isRestart(outcome.left) && restarts < maxRestarts) {
          restarts++
          yield* report.note(`${outcome.left.peer} has restarted; ${item.label} is sent again`)
          return "Again" as const
        }
        const failure = outcome._tag === "Left" ? failureOf(outcome.left, wire) : undefined
        if (failure !== undefined) yield* failed(report, failure, items.length > 1 ? item.label : undefined)
        codes.push(failure?.exitCode ?? ExitCode.ok)
        return outcome
      })
    const destination: Connecting.Destination = {
      ...client,
      isTrusted: client.isTrusted && ((server, key) => {
        // The question has the line of the progress.
        sending = undefined
        return Effect.zipRight(report.cleared, client.isTrusted?.(server, key) ?? Effect.succeed(false))
      }),
      command: (keyText) => commandOf(pinned(written, client.to, keyText), items)
    }
    /** Sends until a message fails; returns whether the rest can be sent over another connection. */
    const session = Effect.gen(function*() {
      sending = Transfers.connecting(client.to)
      const connection = yield* Connecting.connect(destination, report)
      for (current = pending.shift(); current !== undefined; current = pending.shift()) {
        const outcome = yield* sendOne(connection, current)
        if (outcome === "Again") {
          yield* Connecting.leave(connection, report)
          pending.unshift(current)
          current = undefined
          return true
        }
        if (outcome._tag === "Right" || !connection.isClosed()) continue
        yield* Connecting.leave(connection, report)
        const goesOn = isOfOneMessage(outcome.left)
        if (goesOn) current = undefined
        return goesOn
      }
      yield* Connecting.leave(connection, report)
      return true
    })
    const restCommand = (rest: ReadonlyArray<Item>): string => commandOf(written, rest)
    /** The message that was being sent at the end, and the pending ones. */
    const left = () => [...(current === undefined ? [] : [current]), ...pending]
    const everything = Effect.gen(function*() {
      while (pending.length > 0) {
        const outcome = yield* Effect.either(Effect.scoped(session))
        if (outcome._tag === "Left") {
          yield* failed(report, outcome.left)
          codes.push(...pending.splice(0).map(() => outcome.left.exitCode))
        } else if (!outcome.right && pending.length > 0) {
          const exitCode = codes.at(-1) ?? ExitCode.unclassified
          yield* failed(report, notSent(pending.length, exitCode, restCommand(left())))
          codes.push(...pending.splice(0).map(() => exitCode))
        }
      }
      return combined(codes)
    })
    return yield* Effect.onInterrupt(everything, () => {
      const rest = left()
      return rest.length === 0 ? Effect.void : report.note(`to send the rest: ${restCommand(rest)}`)
    })
  })

/** The number of restarts of its server that one `send` survives: a server that crashes at a message would go on for ever. */
const maxRestarts = 5

/** Whether the server was restarted, and has lost the message that was under way. */
const isRestart = (error: SendError): error is SessionError =>
  error._tag === "SessionError" && error.reason === "PeerRestarted"

/** Whether an error concerns one message only: its file could not be read, or its receiver declined it. */
const isOfOneMessage = (error: SendError): boolean => error._tag === "StorageError" || error.reason === "Declined"

/** The failure of a message: a local file or the session. */
export const failureOf = (error: SendError, wire: WireName): Failure =>
  error._tag === "StorageError" ? Failures.ofSource(error) : Failures.ofSession(error, wire)

const notSent = (number: number, exitCode: ExitCode, command: string): Failure =>
  new Failures.Failure({
    code: "NotSent",
    exitCode,
    message: `${count(number, "message")} after that ${number === 1 ? "was" : "were"} not sent`,
    hint: `to send the rest: ${command}`
  })
