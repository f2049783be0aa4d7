/** `holub talk`: raw datagrams, both ways, with a program at an address or with a multicast group. */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as StandardInput from "../../node/storage/StandardInput.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import * as AboveLine from "../interactive/AboveLine.ts"
import { Dialog } from "../interactive/Dialog.ts"
import * as DatagramTalk from "../join/DatagramTalk.ts"
import type { Face } from "../join/Talk.ts"
import * as TalkFaces from "../join/TalkFaces.ts"
import * as TalkPlan from "../join/TalkPlan.ts"
import type { Values } from "../settings/Settings.ts"
import type { Run } from "./CommandContext.ts"
import { onThisMachine, unlessStopped } from "./Layers.ts"

/** The command on this machine. */
export const start: Run<TalkPlan.TalkValues & Pick<Values, "json">, Terminal.Terminal> = unlessStopped((
  values,
  context
) =>
  Effect.gen(function*() {
    const plan = yield* TalkPlan.of(values)
    const { outputs, report } = context
    const terminal = yield* Terminal.Terminal
    const isPerson = (yield* terminal.isTTY) && !values.json
    const talk = (face: Face) => {
      const talking = DatagramTalk.run(plan, { face, isOnce: values.once, report })
      return onThisMachine(Effect.as(Effect.scoped(talking), ExitCode.ok))
    }
    if (isPerson) {
      const asPerson = Effect.flatMap(Dialog, (dialog) => talk(TalkFaces.ofPerson(dialog, outputs.stdout)))
      return yield* AboveLine.withDialog(outputs, asPerson)
    }
    return yield* talk(TalkFaces.ofScript({ ...outputs, stdin: StandardInput.bytesIfAny }, values.json))
  })
)
