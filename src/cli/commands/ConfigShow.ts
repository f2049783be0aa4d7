/** `holub config show`: every setting with its value and its source: flag, environment, file or default. */
import * as Effect from "effect/Effect"
import { ExitCode } from "../errors/ExitCodes.ts"
import { isUsedOn } from "../settings/Setting.ts"
import type { Values } from "../settings/Settings.ts"
import { settings } from "../settings/Settings.ts"
import type { Sources } from "../settings/Sources.ts"
import { written } from "../settings/Sources.ts"
import { harmless } from "../text/Format.ts"
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
export const start: Run<Pick<Values, "wire">> = ({ wire }, { place, print, report, sources }) =>
  Effect.gen(function*() {
    const shown = Object.values(settings).map((setting): Shown => {
      const { origin, texts } = textsOf(setting, sources)
      return { name: setting.name, texts, origin, isUsed: isUsedOn(setting, wire) }
    })
    for (const { isUsed, name, origin, texts } of shown) {
      const value = texts.length > 1 ? texts : texts[0]
      yield* report.emit({ type: "setting", name, value, origin, ...(isUsed ? {} : { used: false }) })
    }
    yield* print(tableOf(shown, wire))
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

const tableOf = (shown: ReadonlyArray<Shown>, wire: string): string => {
  const rows = shown.map(({ isUsed, name, origin, texts }) =>
    [name, wordsOf(texts), harmless(origin) + (isUsed ? "" : `, unused: the wire is ${wire}`)] as const
  )
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length))
  const [names, values] = [width(0), width(1)]
  return rows.map(([name, value, origin]) => `${name.padEnd(names)}  ${value.padEnd(values)}  ${origin}\n`).join("")
}

/** A value without visible characters is put in quotes. */
const wordsOf = (texts: ReadonlyArray<string>): string =>
  texts.length === 0 ? "-" : texts.map((text) => text.trim() === "" ? `"${text}"` : harmless(text)).join(", ")
