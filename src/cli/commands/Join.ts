/** `holub join`: talks to an app of a holub server over a session, or to any server of plain programs over TCP or UDP. */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { AnyApp } from "../../apps/App.ts"
import { apps, named } from "../../apps/Apps.ts"
import type { Language } from "../../apps/Language.ts"
import * as SessionListener from "../../conversation/SessionListener.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Tcp } from "../../net/Tcp.ts"
import * as StandardInput from "../../node/storage/StandardInput.ts"
import type { Framing } from "../../protocol/framing/Framing.ts"
import * as FramingName from "../../protocol/framing/FramingName.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { Transport } from "../../transport/Transport.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { type Failure, ofSession, usage } from "../errors/Failure.ts"
import * as AboveLine from "../interactive/AboveLine.ts"
import { Dialog } from "../interactive/Dialog.ts"
import * as Connections from "../join/JoinConnection.ts"
import * as JoinPlan from "../join/JoinPlan.ts"
import * as JoinQuestions from "../join/JoinQuestions.ts"
import { plainClient } from "../join/PlainClient.ts"
import * as RoomChoice from "../join/RoomChoice.ts"
import * as Talk from "../join/Talk.ts"
import * as TalkFaces from "../join/TalkFaces.ts"
import * as JoinRooms from "../room/JoinRooms.ts"
import { roomOfChat } from "../room/RoomSession.ts"
import * as HostingPlan from "../services/HostingPlan.ts"
import type { Values } from "../settings/Settings.ts"
import * as WireOptions from "../settings/WireOptions.ts"
import { harmless, listed } from "../text/Format.ts"
import type { CommandContext, Run } from "./CommandContext.ts"
import * as Connecting from "./Connecting.ts"
import { type NetworkValues, onNetwork, unlessStopped } from "./Layers.ts"

type JoinValues =
  & Pick<Values, "app" | "color" | "framing" | "json" | "language" | "nick" | "raw" | "remember">
  & NetworkValues
  & { readonly operands: ReadonlyArray<string> }

/** The command on this machine. */
export const start: Run<JoinValues, Terminal.Terminal> = unlessStopped((values, context) =>
  Effect.gen(function*() {
    const plan = yield* JoinPlan.of(values, apps)
    const framing = values.framing === undefined ? undefined : yield* framingOf(values.framing)
    const terminal = yield* Terminal.Terminal
    const isPerson = (yield* terminal.isTTY) && !values.json
    let rooms: JoinRooms.JoinedRooms | undefined
    const enterRooms = (target: JoinRooms.JoinedRooms): void => {
      rooms = target
    }
    const joined = { values, context, framing, enterRooms }
    if (!isPerson) return yield* asScript(plan, joined)
    const code = yield* AboveLine.withDialog(context.outputs, asPerson(plan, joined))
    if (rooms === undefined) return code
    return yield* onNetwork(JoinRooms.run(rooms, values.color, context), values, context)
  })
)

interface Joining {
  readonly values: JoinValues
  readonly context: CommandContext
  /** That of `--framing`. */
  readonly framing: Framing | undefined
  /** A person who wants to be in a room of people enters it when the dialog has left the terminal. */
  readonly enterRooms: (target: JoinRooms.JoinedRooms) => void
}

const asScript = (plan: JoinPlan.JoinPlan, joining: Joining) => {
  const { context, values } = joining
  if (plan._tag === "Ask") {
    return Effect.fail(usage("join needs a HOST, or --raw URL", "write: holub join HOST[:PORT]/APP"))
  }
  const face = TalkFaces.ofScript({ ...context.outputs, stdin: StandardInput.bytesIfAny }, values.json)
  return conversation(plan, joining, face, undefined)
}

const asPerson = (plan: JoinPlan.JoinPlan, joining: Joining) =>
  Effect.gen(function*() {
    const dialog = yield* Dialog
    const face = TalkFaces.ofPerson(dialog, joining.context.outputs.stdout)
    const complete = plan._tag === "Ask" ? yield* JoinQuestions.server(plan.app) : plan
    if (complete === undefined) return ExitCode.ok
    return yield* conversation(complete, joining, face, dialog)
  })

type Complete = Exclude<JoinPlan.JoinPlan, { readonly _tag: "Ask" }>

const conversation = (
  plan: Complete,
  joining: Joining,
  face: Talk.Face,
  dialog: Dialog["Type"] | undefined
) => {
  const { context, values } = joining
  const program: Effect.Effect<ExitCode, Failure, Tcp | Socket | Transport | Keyring | Scope.Scope> =
    plan._tag === "Raw" ? withServer(plan, joining, face) : withRoom(plan, joining, face, dialog)
  return onNetwork(Effect.scoped(program), values, context)
}

const withServer = (
  { app, server }: Extract<Complete, { _tag: "Raw" }>,
  joining: Joining,
  face: Talk.Face
): Effect.Effect<ExitCode, Failure, Tcp | Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const dialect = app?.dialects.find(({ transport }) => transport === server.transport)
    if (app !== undefined && dialect === undefined) {
      return yield* Effect.fail(usage(
        `${app.name} does not speak ${server.transport}`,
        `it speaks ${listed(app.dialects.map(({ transport }) => transport))}`
      ))
    }
    const usual = server.transport === "udp" ? "datagram" : dialect?.framing ?? "auto"
    const framing = joining.framing ?? (yield* framingOf(usual))
    const connection = yield* Connections.open(server)
    return yield* talk({ connection, framing, app }, joining, face)
  })

const withRoom = (
  { room, to }: Extract<Complete, { _tag: "Room" }>,
  joining: Joining,
  face: Talk.Face,
  dialog: Dialog["Type"] | undefined
): Effect.Effect<ExitCode, Failure, Transport | Keyring | Scope.Scope> =>
  Effect.gen(function*() {
    const { context: { report }, values } = joining
    const address = WireOptions.addressOf(to, values.wire)
    const destination: Connecting.Destination = {
      to: address,
      waitMillis: 0,
      remembers: values.remember,
      isTrusted: dialog && JoinQuestions.trusting(dialog),
      command: (keyText) => JoinQuestions.commandOf(keyText, address, room)
    }
    const session = yield* Connecting.connect(destination, report)
    const { wire } = session.capabilities
    const chosen = yield* RoomChoice.chosen(session, room, dialog)
    if (chosen === undefined) return ExitCode.ok
    const people = dialog === undefined ? undefined : roomOfChat(chosen)
    if (people !== undefined) {
      joining.enterRooms({ to: address, room: people, nick: values.nick })
      yield* Connecting.leave(session, report)
      return ExitCode.ok
    }
    const stream = yield* Effect.mapError(
      session.openService(SessionListener.kindOf(chosen)),
      (error) => ofSession(error, wire)
    )
    const connection = Connections.ofStream(stream, session.peer(), wire)
    const { framing } = SessionListener
    const app = named(chosen.split("/", 1)[0] ?? "")
    const code = yield* talk({ connection, framing, app, room: chosen }, joining, face)
    yield* Connecting.leave(session, report)
    return code
  })

const talk = (
  { app, connection, framing, room = app?.name ?? "raw" }: {
    readonly connection: Connections.Connection
    readonly framing: Framing
    readonly app: AnyApp | undefined
    readonly room?: string
  },
  { context: { report, sources }, values }: Joining,
  face: Talk.Face
): Effect.Effect<ExitCode, Failure, Scope.Scope> => {
  const language: Language = values.language ?? HostingPlan.languageOf(sources.environment)
  const client = (app?.client ?? plainClient).start(language)
  return Effect.as(Talk.run({ connection, framing, client, app: room, face, report }), ExitCode.ok)
}

const framingOf = (text: string): Either.Either<Framing, Failure> => {
  const framing = FramingName.parse(text)
  return typeof framing === "string"
    ? Either.left(usage(`--framing "${harmless(text)}": ${framing}`))
    : Either.right(framing.client ?? framing)
}
