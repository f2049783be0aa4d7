/** Long texts of configurations: on the command line such a key has the path of a file, and the app gets the content. */
import * as Effect from "effect/Effect"
import { open } from "node:fs/promises"
import { resolve } from "node:path"
import type { AnyApp } from "../../apps/App.ts"
import { fromHome } from "../../node/Folders.ts"
import { fromSystem } from "../../node/storage/FileErrors.ts"
import { type Failure, ofSource, usage } from "../errors/Failure.ts"
import type { AppOption } from "../settings/AppOption.ts"
import { harmless } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"

/** The options with the contents of their files. An app that does not exist is left to the plan. */
export const read = (
  options: ReadonlyArray<AppOption>,
  apps: ReadonlyArray<AnyApp>
): Effect.Effect<ReadonlyArray<AppOption>, Failure> =>
  Effect.forEach(options, (option) => {
    const keys = apps.find(({ name }) => name === option.app)?.configFiles ?? []
    const paths = Object.entries(option.config).filter(([key, value]) => keys.includes(key) && value !== "")
    if (paths.length === 0) return Effect.succeed(option)
    return Effect.map(
      Effect.forEach(paths, ([key, path]) => Effect.map(contentOf(path), (text) => [key, text] as const)),
      (texts) => ({ ...option, config: { ...option.config, ...Object.fromEntries(texts) } })
    )
  })

const contentOf = (written: string): Effect.Effect<string, Failure> =>
  Effect.gen(function*() {
    const path = resolve(fromHome(written))
    const bytes = yield* Effect.tryPromise({
      try: () => firstBytes(path, TextLimits.configurationBytes * 4 + 1),
      catch: (cause) => ofSource(fromSystem("read", path, cause))
    })
    if (bytes.length > TextLimits.configurationBytes * 4) {
      return yield* Effect.fail(usage(`${harmless(path)} is larger than 4 MiB`, "take a shorter file"))
    }
    return yield* Effect.try({
      try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      catch: () => usage(`${harmless(path)} is not text in UTF-8`, "convert it, or take another file")
    })
  })

const firstBytes = async (path: string, most: number): Promise<Uint8Array> => {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(most)
    let length = 0
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, most - length)
      length += bytesRead
      if (bytesRead === 0 || length === most) return bytes.subarray(0, length)
    }
  } finally {
    await file.close()
  }
}
