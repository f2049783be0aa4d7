/** The communicator as a client: where the server is, whether it is there, then one message after another until somebody leaves. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Storage } from "../../storage/Storage.ts"
import * as Send from "../commands/Send.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import { failed } from "../report/Report.ts"
import * as Format from "../text/Format.ts"
import type { Item } from "../wires/Item.ts"
import * as Items from "../wires/Item.ts"
import type { Carrier, Cut, Line } from "../wires/Line.ts"
import type { Answers, Sending } from "./Defaults.ts"
import { ask, Back, choose, Dialog, print } from "./Dialog.ts"
import { newestFile } from "./NewestFile.ts"
import { answerFor } from "./PathText.ts"
import * as Questions from "./Questions.ts"

/** A server that has not answered after so long is said to be silent, and need not be waited for. */
const patienceMillis = 2000

/** Logs in as a client, and comes back when either side has ended the connection. */
export const run = <Needed>(
  answers: Answers,
  carrier: (to: Address) => Carrier<Needed>,
  report: Report
): Effect.Effect<void, Back, Exclude<Needed, Scope.Scope> | Dialog | Socket | Storage> =>
  Effect.gen(function*() {
    while (true) {
      const address = yield* ask(Questions.serverAddress(answers.to))
      const port = yield* ask(Questions.serverPort(address.port))
      answers.to = { host: address.host, port }
      const hasBeenThere = yield* Effect.scoped(visit(carrier(answers.to), answers, report))
      if (hasBeenThere) return
    }
  })

/** One connection, from the first word to the end; whether there was one. */
const visit = <Needed>(
  carrier: Carrier<Needed>,
  answers: Answers,
  report: Report
): Effect.Effect<boolean, never, Needed | Dialog | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const line = yield* Effect.either(Effect.raceFirst(logIn(carrier, report), patience(carrier.to)))
    if (line._tag === "Left") {
      yield* failed(report, line.left)
      return false
    }
    if (line.right === undefined) return false
    yield* messages(line.right, answers, report)
    return true
  })

const logIn = <Needed>(
  carrier: Carrier<Needed>,
  report: Report
): Effect.Effect<Line, Failure, Needed | Scope.Scope | Dialog> =>
  Effect.gen(function*() {
    const line = yield* carrier.connect(report)
    const millis = yield* line.roundTrip
    yield* print(`connected to ${format(line.peer)}, round trip ${millis < 1 ? "under 1 ms" : Format.duration(millis)}`)
    return line
  })

/** Lets the person end the wait for a server that is silent. */
const patience = (to: Address): Effect.Effect<undefined, never, Dialog> =>
  Effect.gen(function*() {
    yield* Effect.sleep(patienceMillis)
    const dialog = yield* Dialog
    const prompt = `${format(to)} has not answered for ${Format.duration(patienceMillis)}; Enter ends the wait: `
    yield* Effect.ignore(dialog.line({ prompt, isSudden: true }))
    return undefined
  })

/** The menu of one connection, until somebody leaves. */
const messages = (line: Line, answers: Answers, report: Report): Effect.Effect<void, never, Dialog | Storage> =>
  Effect.gen(function*() {
    const gone = Effect.flatMap(line.lost, Effect.fail)
    let count = 0
    const message = Effect.gen(function*() {
      const composed = yield* Effect.raceFirst(compose(line, answers), gone)
      if (composed === undefined) return true
      yield* deliver(line, composed, String(++count), report)
      return false
    })
    const outcome = yield* Effect.scoped(message).pipe(
      Effect.catchTag("Back", () => Effect.succeed(false)),
      Effect.catchAll((failure) => line.carriesOn() ? Effect.as(failed(report, failure), false) : Effect.fail(failure)),
      Effect.repeat({ until: (isOver) => isOver }),
      Effect.either
    )
    if (outcome._tag === "Left") yield* failed(report, outcome.left)
    yield* line.leave
    if (outcome._tag === "Right") yield* print("logged out")
  })

interface Composed {
  readonly item: Item
  readonly cut: Cut
}

/** Asks for a message; undefined to log out, which Ctrl-D in the menu means too. */
const compose = (
  line: Line,
  answers: Answers
): Effect.Effect<Composed | undefined, Back, Dialog | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const sending = yield* Effect.orElseSucceed(menu(line, answers.sending), () => "logOut" as const)
    if (sending === "logOut") return undefined
    const isDamaged = sending === "damagedText" || sending === "damagedFile"
    if (isDamaged && line.fragmentSize === undefined) {
      yield* print(nothingToDamage)
      return yield* new Back()
    }
    answers.sending = sending
    const item = yield* sending === "text" || sending === "damagedText" ? askText(answers) : askFile(answers)
    const damage = isDamaged ? yield* askDamage(answers) : undefined
    return { item, cut: { damage, fragmentSize: yield* askFragmentSize(line, item, answers) } }
  })

const nothingToDamage =
  "  flock has no fragments to damage; start holub with --faults loss=5% for a bad network, or with --wire classic"

const menu = (line: Line, fallback: Sending): Effect.Effect<Sending | "logOut", Back, Dialog> =>
  choose<Sending | "logOut">({
    title: `Client of ${format(line.peer)}`,
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

/** Undefined on a wire that sees to it by itself: then nothing is asked. */
const askFragmentSize = ({ fragmentSize: fitting, prepare }: Line, item: Item, answers: Answers) =>
  Effect.gen(function*() {
    if (fitting === undefined) return undefined
    const offered = answers.fragmentSize ?? fitting
    const fragmentSize = yield* ask(Questions.fragmentSize(offered, (size) => prepare(item, { fragmentSize: size })))
    // What fits this way need not fit the next one.
    if (fragmentSize !== offered) answers.fragmentSize = fragmentSize === fitting ? undefined : fragmentSize
    return fragmentSize
  })

/** Sends a message and shows how far it is. */
const deliver = (line: Line, { cut, item }: Composed, id: string, report: Report): Effect.Effect<void, Failure> =>
  Effect.gen(function*() {
    const ready = yield* line.prepare(item, cut)
    yield* report.emit(Send.startedEvent(line.peer, item, id, ready.begun))
    const underway = ready.underway({ id, label: Items.shortLabel(item) })
    const shown = Effect.flatMap(report.progress(() => [underway]), () => Effect.never)
    const outcome = yield* Effect.raceFirst(ready.send, shown)
    yield* report.emit(Send.sentEvent(line.peer, item, outcome, id))
    yield* Send.tellSpared(report, cut.damage, outcome)
  })
