/**
 * The client role: asks for the server, connects, then sends one message after another until either side disconnects.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Storage } from "../../storage/Storage.ts"
import type { SendOptions } from "../../transfer/Outbox.ts"
import type { Session, WireName } from "../../transport/Transport.ts"
import { Transport } from "../../transport/Transport.ts"
import * as Connecting from "../commands/Connecting.ts"
import type { Item } from "../commands/Item.ts"
import * as Items from "../commands/Item.ts"
import * as Message from "../commands/Message.ts"
import { failureOf } from "../commands/Send.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import { failed } from "../report/Report.ts"
import * as Unprotected from "../report/Unprotected.ts"
import type { Keyed } from "../settings/DestinationKey.ts"
import * as Format from "../text/Format.ts"
import { isTrusted } from "../trust/KeyQuestion.ts"
import type { Answers, Sending } from "./Defaults.ts"
import type { Menu } from "./Dialog.ts"
import { ask, Back, choose, Dialog, print } from "./Dialog.ts"
import { newestFile } from "./NewestFile.ts"
import { answerFor } from "./PathText.ts"
import * as Questions from "./Questions.ts"

/** The silence of a server after which the person may end the wait, in milliseconds. */
const patienceMillis = 2000

/** Logs in as a client. Returns after either side has ended the connection. */
export const run = (
  answers: Answers,
  report: Report
): Effect.Effect<void, Back, Transport | Keyring | Dialog | Socket | Storage> =>
  Effect.gen(function*() {
    while (true) {
      const address = yield* ask(Questions.serverAddress(answers.to))
      const port = yield* ask(Questions.serverPort(address.port))
      answers.to = { ...address, port }
      const hasBeenThere = yield* Effect.scoped(visit(answers, report))
      if (hasBeenThere) return
    }
  })

/** One connection, from its start to its end. Returns false if the connection failed. */
const visit = (
  answers: Answers,
  report: Report
): Effect.Effect<boolean, never, Transport | Keyring | Dialog | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const session = yield* Effect.either(logIn(answers.to, report))
    if (session._tag === "Left") {
      if (session.left._tag === "Failure") yield* failed(report, session.left)
      return false
    }
    yield* messages(session.right, answers, report)
    return true
  })

/** Connects, and asks whether to trust the key of an unknown server. Fails with `Back` if the person ends the wait. */
const logIn = (
  to: Address & Keyed,
  report: Report
): Effect.Effect<Session, Failure | Back, Transport | Keyring | Scope.Scope | Dialog> =>
  Effect.gen(function*() {
    const context = yield* Effect.context<Dialog>()
    const destination: Connecting.Destination = {
      to,
      waitMillis: 0,
      isTrusted: (server, key) => Effect.provide(isTrusted(server, key), context),
      command: (keyText) => `holub --to ${keyText}@${format(to)}`
    }
    const session = yield* Connecting.connect(destination, report, patience(to))
    const answered = Effect.mapError(session.ping, (error) => Failures.ofSession(error, wireOf(session)))
    const millis = yield* Effect.raceFirst(answered, patience(to))
    const roundTrip = millis < 1 ? "under 1 ms" : Format.duration(millis)
    const peer = session.peer()
    yield* print([`connected to ${format(peer)}, round trip ${roundTrip}`])
    yield* Unprotected.warned({ wire: wireOf(session), isEncrypted: peer.publicKey !== undefined }, report)
    return session
  })

const wireOf = (session: Session): WireName => session.capabilities.wire

/** Lets the person end the wait for a server that is silent. */
const patience = (to: Address): Effect.Effect<never, Back, Dialog> =>
  Effect.gen(function*() {
    yield* Effect.sleep(patienceMillis)
    const dialog = yield* Dialog
    const prompt = `${format(to)} has not answered for ${Format.duration(patienceMillis)}; Enter ends the wait: `
    yield* Effect.ignore(dialog.line({ prompt, isSudden: true }))
    return yield* new Back()
  })

/** The menu of one connection, until either side ends it. */
const messages = (session: Session, answers: Answers, report: Report): Effect.Effect<void, never, Dialog | Storage> =>
  Effect.gen(function*() {
    const gone = Effect.flatMap(session.closed, (error) => Effect.fail(Failures.ofSession(error, wireOf(session))))
    let count = 0
    const message = Effect.gen(function*() {
      const composed = yield* Effect.raceFirst(compose(session, answers), gone)
      if (composed === undefined) return true
      yield* deliver(session, composed, String(++count), report)
      return false
    })
    const outcome = yield* Effect.scoped(message).pipe(
      Effect.catchTag("Back", () => Effect.succeed(false)),
      Effect.catchAll((failure) =>
        session.isClosed() ? Effect.fail(failure) : Effect.as(failed(report, failure), false)
      ),
      Effect.repeat({ until: (isOver) => isOver }),
      Effect.either
    )
    if (outcome._tag === "Left") yield* failed(report, outcome.left)
    yield* Connecting.leave(session, report)
    if (outcome._tag === "Right") yield* print(["logged out"])
  })

interface Composed {
  readonly item: Item
  readonly options: SendOptions
}

/** Asks for a message; undefined to log out, which Ctrl-D in the menu means too. */
const compose = (
  session: Session,
  answers: Answers
): Effect.Effect<Composed | undefined, Back, Dialog | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const sending = yield* Effect.orElseSucceed(menu(session, answers.sending), () => "logOut" as const)
    if (sending === "logOut") return undefined
    answers.sending = sending
    const item = yield* sending === "text" || sending === "damagedText" ? askText(answers) : askFile(answers)
    const damage = isWithError(sending) ? yield* askDamage(answers) : undefined
    if (!session.capabilities.fragments) return { item, options: {} }
    return { item, options: { damage, fragmentSize: yield* askFragmentSize(session, item, answers) } }
  })

/** The menu of a client. Only a wire with fragments has some to damage. */
const menu = (session: Session, fallback: Sending): Effect.Effect<Sending | "logOut", Back, Dialog> =>
  choose<Sending | "logOut">({
    title: `Client of ${format(session.peer())}`,
    items: session.capabilities.fragments ? items : items.filter(({ value }) => !isWithError(value)),
    fallback
  })

const items: Menu<Sending | "logOut">["items"] = [
  { value: "text", word: "text", label: "send a text" },
  { value: "damagedText", word: "text error", label: "send a text with a simulated error" },
  { value: "file", word: "file", label: "send a file" },
  { value: "damagedFile", word: "file error", label: "send a file with a simulated error" },
  { value: "logOut", word: "log out", label: "end the connection" }
]

const isWithError = (sending: Sending | "logOut"): boolean => sending === "damagedText" || sending === "damagedFile"

const askText = (answers: Answers): Effect.Effect<Item, Back, Dialog> =>
  Effect.map(ask(Questions.text(answers.text)), (text) => {
    answers.text = text
    return { _tag: "Text", text, label: "the text", wanted: { _tag: "Text", text } }
  })

const askFile = (answers: Answers): Effect.Effect<Item, Back, Dialog | Storage | Scope.Scope> =>
  Effect.map(ask(Questions.file(answers.file ?? newestFile())), (source) => {
    const path = source.path ?? source.name
    answers.file = answerFor(path)
    return { _tag: "File", source, label: path, wanted: { _tag: "Path", path } }
  })

const askDamage = (answers: Answers) =>
  Effect.gen(function*() {
    const { text, which } = yield* ask(Questions.damage(answers.damage))
    answers.damage = text
    answers.damageKind = yield* ask(Questions.damageKind(answers.damageKind))
    return { which, kind: answers.damageKind }
  })

/** Asks for a size that the message can be cut into. */
const askFragmentSize = (session: Session, item: Item, answers: Answers) =>
  Effect.gen(function*() {
    const planned = (fragmentSize?: number) =>
      Effect.mapError(
        session.plan(Items.envelopeOf(item, { fragmentSize })),
        (error) => Failures.ofSession(error, wireOf(session))
      )
    const { fragmentSize: fitting = answers.fragmentSize ?? 1 } = yield* Effect.orElseSucceed(
      planned(),
      () => ({ fragmentSize: undefined })
    )
    const offered = answers.fragmentSize ?? fitting
    const fragmentSize = yield* ask(Questions.fragmentSize(offered, planned))
    // The size that fits this path may not fit the next one.
    if (fragmentSize !== offered) answers.fragmentSize = fragmentSize === fitting ? undefined : fragmentSize
    return fragmentSize
  })

/** Sends a message and shows its progress. */
const deliver = (
  session: Session,
  { item, options }: Composed,
  id: string,
  report: Report
): Effect.Effect<void, Failure> =>
  Effect.gen(function*() {
    const message = yield* Message.prepare(session, item, options)
    yield* report.emit(message.started(id))
    const underway = message.underway({ id, label: Items.shortLabel(item) })
    const shown = Effect.flatMap(report.progress(() => [underway]), () => Effect.never)
    const outcome = yield* Effect.raceFirst(message.send, shown)
    yield* report.emit(message.sent(outcome, id))
    yield* Message.noteSpared(report, options, outcome)
  }).pipe(Effect.mapError((error) => failureOf(error, wireOf(session))))
