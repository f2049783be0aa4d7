/** `holub config show`: every setting, and which of flag, environment, file and default it comes from. */
import * as Effect from "effect/Effect"
import * as Commands from "./Commands.ts"
import type { Runner, Surroundings } from "./commands/CommandContext.ts"
import { ExitCode } from "./errors/Failure.ts"
import { parsed, written } from "./Settings.ts"
import * as Flags from "./settings/Flags.ts"
import { harmless } from "./text/Format.ts"

interface Setting {
  readonly name: string
  /** None when nobody gives one. */
  readonly texts: ReadonlyArray<string>
  readonly origin: string
}

export const run: Runner = (surroundings) =>
  Effect.gen(function*() {
    const { place, print, report, sources } = surroundings
    const settings = yield* settingsOf(surroundings)
    for (const { name, origin, texts } of settings) {
      yield* report.emit({ type: "setting", name, value: texts.length > 1 ? texts : texts[0], origin })
    }
    yield* print(tableOf(settings))
    yield* report.note(
      sources.configuration === undefined
        ? `there is no configuration file ${harmless(place.path)}`
        : `the configuration file is ${harmless(sources.configuration.path)}`
    )
    return ExitCode.ok
  })

/** Fails if any of them is malformed, wherever it comes from. */
const settingsOf = ({ sources }: Surroundings) =>
  Effect.forEach(Commands.settings, (flag) => {
    const { label, origin, texts } = written(flag, sources)
    const { configuration } = sources
    // Which file was read is as good as a setting.
    const shown = flag === Flags.config && configuration !== undefined ? [configuration.path] : texts
    return Effect.as(
      Effect.forEach(texts, (text) => parsed(flag, text, label), { discard: true }),
      { name: flag.name, texts: shown, origin } satisfies Setting
    )
  })

const tableOf = (settings: ReadonlyArray<Setting>): string => {
  const rows = settings.map(({ name, origin, texts }) => [name, wordsOf(texts), harmless(origin)] as const)
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length))
  const [names, values] = [width(0), width(1)]
  return rows.map(([name, value, origin]) => `${name.padEnd(names)}  ${value.padEnd(values)}  ${origin}\n`).join("")
}

/** A value that would not show is put in quotes. */
const wordsOf = (texts: ReadonlyArray<string>): string =>
  texts.length === 0 ? "-" : texts.map((text) => text.trim() === "" ? `"${text}"` : harmless(text)).join(", ")
