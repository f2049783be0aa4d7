/** Formats one event as one line of JSON, for `--json` and the log file. */
import type { Event } from "../../telemetry/Events.ts"

/** An event without `v` and `time`, which its line adds. Optional fields may be undefined, and are then omitted. */
export type Emitted<E> = E extends Event ? Loose<Omit<E, "v" | "time">> : never
type Loose<E> = {
  readonly [Field in keyof E]: E[Field] | (E extends Readonly<Record<Field, unknown>> ? never : undefined)
}

/** The line with its line feed; `millis` is the time of the event. */
export const lineOf = ({ type, ...fields }: Emitted<Event>, millis: number): string =>
  `${escaped(JSON.stringify({ v: 1, type, time: new Date(millis).toISOString(), ...fields }, integers))}\n`

/** A text as a string of JSON: one line, without control characters. */
export const stringOf = (text: string): string => escaped(JSON.stringify(text))

/** Rounds durations, which are measured in fractions. */
const integers = (key: string, value: unknown): unknown => key === "durationMillis" ? Math.round(Number(value)) : value

/**
 * Escapes the control and format characters that JSON.stringify leaves unescaped, so that a terminal may show the line.
 */
const escaped = (line: string): string =>
  line.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
      ).join("")
  )
