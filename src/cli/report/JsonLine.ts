/** One event as one line of JSON: how `--json` and the log file write it. */
import type { Event } from "../../telemetry/Events.ts"

/** An event without `v` and `time`, which its line adds. What may be left out may be undefined too: it is left out then. */
export type Emitted<E> = E extends Event ? Loose<Omit<E, "v" | "time">> : never
type Loose<E> = {
  readonly [Field in keyof E]: E[Field] | (E extends Readonly<Record<Field, unknown>> ? never : undefined)
}

/** The line with its line feed; `millis` is when it happened. */
export const lineOf = ({ type, ...fields }: Emitted<Event>, millis: number): string =>
  `${escaped(JSON.stringify({ v: 1, type, time: new Date(millis).toISOString(), ...fields }, integers))}\n`

/** Durations are measured in fractions. */
const integers = (key: string, value: unknown): unknown => key === "durationMillis" ? Math.round(Number(value)) : value

/** JSON that a terminal may be shown: what JSON.stringify leaves raw of controls and of marks that mislead. */
const escaped = (line: string): string =>
  line.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
      ).join("")
  )
