/** What a room is made of. */
import type { AnyApp, Remembered } from "../apps/App.ts"
import type { ServiceEvent } from "../telemetry/ServiceEvents.ts"
import type * as Alarm from "../transport/Alarm.ts"
import type { Runs } from "./AppRuns.ts"
import type { Identities } from "./Identities.ts"
import type { Journal } from "./Journal.ts"
import type { Asking } from "./RoomQuestions.ts"

export interface Hosting {
  readonly name: string
  readonly app: AnyApp
  readonly runs: Runs
  readonly publish: (event: ServiceEvent) => void
  readonly now: () => number
  /** Called after each turn that has changed what the app remembers. */
  readonly onRemembered: ((remembered: Remembered) => void) | undefined
  readonly makeAlarm: Alarm.MakeAlarm
  /** For apps over a log. Without them, a `Record` or an `Ask` is a defect of the app. */
  readonly journal?: Journal | undefined
  readonly identities?: Identities | undefined
  /** Answers questions about accounts; undefined without accounts. */
  readonly asking?: Asking | undefined
}
