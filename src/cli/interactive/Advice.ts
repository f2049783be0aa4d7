/** Hints in the interactive mode: an answer, or a new start of the program, takes the place of a flag. */
import * as Effect from "effect/Effect"
import type { Report } from "../report/Report.ts"

/** The same report, whose hints are those of the interactive mode. */
export const advising = (report: Report): Report => ({
  ...report,
  emit: (event) => report.emit(event.type === "error" ? { ...event, hint: adviceOf(event) } : event),
  note: (line) => Effect.suspend(() => report.note(startingAnew(line)))
})

interface Hinted {
  readonly code: string
  readonly hint?: string | undefined
}

/** The hint of an error; undefined instead of a flag that has no answer. */
export const adviceOf = ({ code, hint }: Hinted): string | undefined => {
  if (hint === undefined || !namesFlag(hint)) return hint
  const [, size = "1000"] = /--fragment-size (\d+)/.exec(hint) ?? []
  if (code === "TooLarge") return `answer the question for the fragment size with ${size}`
  const anew = startingAnew(hint)
  return answers[code] ?? (namesFlag(anew.replace(start, "")) ? undefined : anew)
}

/** For errors of a server that cannot listen: its questions are asked again. */
const answers: Readonly<Record<string, string>> = {
  HostNotFound: "answer with an address of this machine, or with 0.0.0.0 for all of them",
  NotUnicast: "answer with an address of this machine, or with 0.0.0.0 for all of them",
  AddressNotAvailable: "answer with an address of this machine, or with 0.0.0.0 for all of them",
  AddressInUse: "another server may be running; answer with another port, or with 0 for any free one",
  Denied: "ports below 1024 need privileges; answer with a higher one"
}

/** No answer changes the wire. */
const startingAnew = (words: string): string => words.replace(/\btry (--wire \w+)/, "end holub and start it with $1")
const start = /end holub and start it with --wire \w+(?: --to \S+)?/

/** Whether a flag is meant for this program: one between backticks is part of a command, for the other side. */
const namesFlag = (words: string): boolean => /(?<!\S)--[a-z]/.test(words.replace(/`[^`]*`/g, ""))
