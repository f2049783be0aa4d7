/**
 * The events that an app wants to record, and the outputs that wait for them. All events of a turn, and those that came while the log was
 * busy, are appended together.
 */
import type { Member, Output, Recording } from "../apps/App.ts"
import type { LoggedEvent } from "../protocol/conversation/LoggedEvent.ts"
import type { EventDraft, Journal } from "./Journal.ts"

type Performable = Exclude<Output, Recording>

export interface RecordRoom {
  readonly journal: Journal | undefined
  readonly now: () => number
  readonly perform: (output: Performable, only: Member | undefined) => void
  /** Runs a step after what is being done now. */
  readonly later: (step: () => void) => void
  /** Called for each event when it is durable, after the outputs that have waited for it. */
  readonly onRecorded: (event: LoggedEvent) => void
  readonly onFailure: (reason: string) => void
}

/** An output, and the number of events that have to be durable before it. */
interface Held {
  readonly output: Performable
  readonly only: Member | undefined
  readonly after: number
}

export class RecordQueue {
  readonly #room: RecordRoom
  #drafts: Array<EventDraft> = []
  #held: Array<Held> = []
  /** Events that were asked for, and those that are durable, since the room was opened. */
  #asked = 0
  #durable = 0
  #isBusy = false
  #hasFailed = false

  constructor(room: RecordRoom) {
    this.#room = room
  }

  /** Whether the log has refused events. No further ones are appended. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Takes the outputs of a turn. Those of a turn that tells of durable events wait for the events of that turn only. */
  put(outputs: ReadonlyArray<Output>, only: Member | undefined, isDurable = false): void {
    const before = this.#asked
    for (const output of outputs) {
      const isFree = this.#asked === this.#durable || (isDurable && this.#asked === before)
      if (output._tag === "Record") this.#record(output)
      else if (isFree) this.#room.perform(output, only)
      else if (!this.#hasFailed) this.#held.push({ output, only, after: this.#asked })
    }
  }

  /** Appends what was recorded, unless the log is busy: then it follows. Call it at the end of each turn. */
  append(): void {
    const { journal, later, now } = this.#room
    if (this.#isBusy || this.#drafts.length === 0 || journal === undefined) return
    const drafts = this.#drafts
    this.#drafts = []
    this.#isBusy = true
    journal.append(drafts, now(), (result) => later(() => this.#end(result)))
  }

  #record({ draft }: Recording): void {
    if (this.#room.journal === undefined) throw new Error("the app records an event, and the room has no log")
    if (this.#hasFailed) return
    this.#asked++
    this.#drafts.push(draft)
  }

  #end(result: ReadonlyArray<LoggedEvent> | string): void {
    this.#isBusy = false
    if (typeof result === "string") {
      this.#hasFailed = true
      this.#drafts = []
      this.#held = []
      this.#room.onFailure(result)
      return
    }
    for (const event of result) {
      this.#durable++
      this.#release()
      this.#room.onRecorded(event)
    }
  }

  #release(): void {
    const ready = this.#held.findIndex(({ after }) => after > this.#durable)
    const count = ready < 0 ? this.#held.length : ready
    for (const { only, output } of this.#held.splice(0, count)) this.#room.perform(output, only)
  }
}
