/** The communicator as a client: where the server is, whether it is there, then one message after another until somebody leaves. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { format } from "../../Address.ts"
import type { Connection } from "../../Connection.ts"
import type { Crc } from "../../Crc.ts"
import type { SendOptions } from "../../Outbox.ts"
import { fragmentSizeFor } from "../../Outbox.ts"
import * as Policy from "../../Policy.ts"
import type { Socket } from "../../Socket.ts"
import type { Storage } from "../../Storage.ts"
import type { Way } from "../Connecting.ts"
import * as Connecting from "../Connecting.ts"
import type { Failure } from "../Failure.ts"
import * as Failures from "../Failure.ts"
import type { Item } from "../Items.ts"
import * as Items from "../Items.ts"
import type { Report } from "../Report.ts"
import { failed } from "../Report.ts"
import * as Send from "../Send.ts"
import * as Underways from "../Underways.ts"
import * as Words from "../Words.ts"
import type { Answers, Sending } from "./Answers.ts"
import type { Back } from "./Dialog.ts"
import { ask, choose, Dialog, print } from "./Dialog.ts"
import { newestFile } from "./newestFile.ts"
import { answerFor } from "./PathText.ts"
import * as Questions from "./Questions.ts"

type Services = Dialog | Socket | Crc | Storage

/** A server that has not answered after so long is said to be silent, and need not be waited for. */
const patienceMillis = 2000

/** Logs in as a client, and comes back when either side has ended the connection. */
export const run = (answers: Answers, report: Report): Effect.Effect<void, Back, Services> =>
  Effect.gen(function*() {
    while (true) {
      const address = yield* ask(Questions.serverAddress(answers.way.to))
      const port = yield* ask(Questions.serverPort(address.port))
      answers.way = { ...answers.way, to: { host: address.host, port } }
      const hasBeenThere = yield* Effect.scoped(visit(answers, report))
      if (hasBeenThere) return
    }
  })

/** One connection, from the first KPA to the end; whether there was one. */
const visit = (answers: Answers, report: Report): Effect.Effect<boolean, never, Services | Scope.Scope> =>
  Effect.gen(function*() {
    const connection = yield* Effect.either(Effect.raceFirst(logIn(answers.way), patience(answers.way)))
    if (connection._tag === "Left") {
      yield* failed(report, connection.left)
      return false
    }
    if (connection.right === undefined) return false
    yield* report.emit({ type: "connected", peer: format(connection.right.peer) })
    yield* messages(connection.right, answers, report)
    return true
  })

const logIn = (way: Way): Effect.Effect<Connection, Failure, Socket | Crc | Scope.Scope | Dialog> =>
  Effect.gen(function*() {
    const connection = yield* Connecting.open(way, false)
    const clock = yield* Effect.clock
    const askedAt = clock.unsafeCurrentTimeNanos()
    yield* Effect.mapError(connection.probe, Failures.ofConnection)
    const millis = Policy.nanosToMillis(clock.unsafeCurrentTimeNanos() - askedAt)
    yield* print(
      `connected to ${format(connection.peer)}, round trip ${millis < 1 ? "under 1 ms" : Words.duration(millis)}`
    )
    return connection
  })

/** Lets the person end the wait for a server that is silent. */
const patience = ({ to }: Way): Effect.Effect<undefined, never, Dialog> =>
  Effect.gen(function*() {
    yield* Effect.sleep(patienceMillis)
    const dialog = yield* Dialog
    const prompt = `${format(to)} has not answered for ${Words.duration(patienceMillis)}; Enter ends the wait: `
    yield* Effect.ignore(dialog.line({ prompt, isSudden: true }))
    return undefined
  })

/** The menu of one connection, until somebody leaves. */
const messages = (connection: Connection, answers: Answers, report: Report): Effect.Effect<void, never, Services> =>
  Effect.gen(function*() {
    const gone = Effect.flatMap(connection.closed, (error) => Effect.fail(Failures.ofConnection(error)))
    let count = 0
    const message = Effect.gen(function*() {
      const composed = yield* Effect.raceFirst(compose(connection, answers), gone)
      if (composed === undefined) return true
      yield* deliver(connection, composed, String(++count), report)
      return false
    })
    const outcome = yield* Effect.scoped(message).pipe(
      Effect.catchTag("Back", () => Effect.succeed(false)),
      Effect.repeat({ until: (isOver) => isOver }),
      Effect.either
    )
    if (outcome._tag === "Left") yield* failed(report, outcome.left)
    yield* Connecting.leave(connection, report)
    if (outcome._tag === "Right") yield* print("logged out")
  })

interface Composed {
  readonly item: Item
  readonly options: SendOptions & { readonly fragmentSize: number }
}

/** Asks for a message; undefined to log out, which Ctrl-D in the menu means too. */
const compose = (
  connection: Connection,
  answers: Answers
): Effect.Effect<Composed | undefined, Back, Dialog | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const sending = yield* Effect.orElseSucceed(menu(connection, answers.sending), () => "logOut" as const)
    if (sending === "logOut") return undefined
    answers.sending = sending
    const item = yield* sending === "text" || sending === "damagedText" ? askText(answers) : askFile(answers)
    const damage = sending === "damagedText" || sending === "damagedFile" ? yield* askDamage(answers) : undefined
    const fitting = fragmentSizeFor(connection.peer)
    const offered = answers.fragmentSize ?? fitting
    const fragmentSize = yield* ask(Questions.fragmentSize(offered, (size) => Items.planned(item, size)))
    // What fits this way need not fit the next one.
    if (fragmentSize !== offered) answers.fragmentSize = fragmentSize === fitting ? undefined : fragmentSize
    return { item, options: { fragmentSize, damage } }
  })

const menu = (connection: Connection, fallback: Sending): Effect.Effect<Sending | "logOut", Back, Dialog> =>
  choose<Sending | "logOut">({
    title: `Client of ${format(connection.peer)}`,
    items: [
      { value: "text", word: "text", label: "send a text" },
      { value: "damagedText", word: "text error", label: "send a text with a simulated error" },
      { value: "file", word: "file", label: "send a file" },
      { value: "damagedFile", word: "file error", label: "send a file with a simulated error" },
      { value: "logOut", word: "log out", label: "end the connection" }
    ],
    fallback
  })

const askText = (answers: Answers): Effect.Effect<Item, Back, Dialog> =>
  Effect.map(ask(Questions.text(answers.text)), (text) => {
    answers.text = text
    return { kind: "text", text, label: "the text", wanted: { kind: "text", text } }
  })

const askFile = (answers: Answers): Effect.Effect<Item, Back, Dialog | Storage | Scope.Scope> =>
  Effect.map(ask(Questions.file(answers.file ?? newestFile())), (source) => {
    const path = source.path ?? source.name
    answers.file = answerFor(path)
    return { kind: "file", source, label: path, wanted: { kind: "path", path } }
  })

const askDamage = (answers: Answers) =>
  Effect.gen(function*() {
    const { text, which } = yield* ask(Questions.damage(answers.damage))
    answers.damage = text
    answers.damageKind = yield* ask(Questions.damageKind(answers.damageKind))
    return { which, kind: answers.damageKind }
  })

/** Sends a message and shows how far it is; any failure ends the connection. */
const deliver = (
  connection: Connection,
  { item, options }: Composed,
  id: string,
  report: Report
): Effect.Effect<void, Failure> =>
  Effect.gen(function*() {
    const plan = yield* Effect.mapError(Items.planned(item, options.fragmentSize), Failures.ofRefusal)
    const begun = { size: plan.contentBytes, fragments: plan.fragmentCount, fragmentSize: plan.fragmentSize }
    yield* report.emit(Send.startedEvent(connection.peer, item, id, begun))
    const underway = Underways.sending(connection, plan, { id, label: Items.shortLabel(item) })
    const shown = Effect.flatMap(report.progress(() => [underway]), () => Effect.never)
    const { kind: _kind, ...sent } = yield* Effect.raceFirst(Items.sent(connection, item, options), shown)
    yield* report.emit(Send.sentEvent(connection.peer, item, sent, id))
    yield* Send.tellSpared(report, options.damage, sent)
  })
