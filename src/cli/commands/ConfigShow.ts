/** `holub config show`: every setting with its value and its source: flag, environment, file or default. */
import * as Effect from "effect/Effect"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Output } from "../report/Output.ts"
import { isUsedOn } from "../settings/Setting.ts"
import type { Values } from "../settings/Settings.ts"
import { settings } from "../settings/Settings.ts"
import type { Sources } from "../settings/Sources.ts"
import { written } from "../settings/Sources.ts"
import { harmless } from "../text/Format.ts"
import { wrapped } from "../text/Wrap.ts"
import type { Run } from "./CommandContext.ts"

interface Shown {
  readonly name: string
  /** Empty if the setting is not given and has no default. */
  readonly texts: ReadonlyArray<string>
  readonly origin: string
  /** Whether the chosen wire uses the setting. */
  readonly isUsed: boolean
}

/** Prints the table of settings. @effect/cli has parsed all values before, so none of them is malformed. */
export const start: Run<Pick<Values, "wire">> = ({ wire }, { outputs, place, print, report, sources }) =>
  Effect.gen(function*() {
    const shown = Object.values(settings).map((setting): Shown => {
      const { origin, texts } = textsOf(setting, sources)
      return { name: setting.name, texts, origin, isUsed: isUsedOn(setting, wire) }
    })
    for (const { isUsed, name, origin, texts } of shown) {
      const value = texts.length > 1 ? texts : texts[0]
      yield* report.emit({ type: "setting", name, value, origin, ...(isUsed ? {} : { used: false }) })
    }
    yield* print(tableOf(shown, wire, outputs.stdout))
    yield* report.note(
      sources.configuration === undefined
        ? `there is no configuration file ${harmless(place.path)}`
        : `the configuration file is ${harmless(sources.configuration.path)}`
    )
    return ExitCode.ok
  })

/** The texts of a setting; for `--config` the file that was read, even if it is the default one. */
const textsOf = (setting: Parameters<typeof written>[0], sources: Sources) => {
  const { configuration } = sources
  const { origin, texts } = written(setting, sources)
  return { origin, texts: setting === settings.config && configuration !== undefined ? [configuration.path] : texts }
}

/** One row for each setting; on a terminal its last column is broken at spaces. */
const tableOf = (shown: ReadonlyArray<Shown>, wire: string, { columns, isTerminal }: Output): string => {
  const rows = shown.map(({ isUsed, name, origin, texts }) =>
    [name, wordsOf(texts), harmless(origin) + (isUsed ? "" : `, unused: the wire is ${wire}`)] as const
  )
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length))
  const [names, values] = [width(0), width(1)]
  return rows.flatMap(([name, value, origin]) => {
    const left = `${name.padEnd(names)}  ${value.padEnd(values)}  `
    return isTerminal ? wrapped(left + origin, columns(), " ".repeat(left.length)) : [left + origin]
  }).map((line) => `${line}\n`).join("")
}

/** A value without visible characters is put in quotes. */
const wordsOf = (texts: ReadonlyArray<string>): string =>
  texts.length === 0 ? "-" : texts.map((text) => text.trim() === "" ? `"${text}"` : harmless(text)).join(", ")
