/**
 * The program's one file, and the code that V8 made of it when the package was built. It knows whether the two belong
 * together and how they are loaded, and nothing of what the program does.
 */
import { readFileSync } from "node:fs"
import * as module from "node:module"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { home } from "./settings/Home.ts"

/** The program in the file `path`, from the code beside it where that is valid. */
export const load = (path: string): typeof import("./Program.ts") => {
  const script = fromCode(path)
  if (script?.cachedDataRejected === false) return run(script, path)
  // Since 22.1 Node keeps code itself, for the next start: by default in a folder that others may have made.
  if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") {
    module.enableCompileCache(join(process.env["XDG_CACHE_HOME"] || join(home(), ".cache"), "holub"))
  } else if (script !== undefined) return run(script, path)
  return module.createRequire(path)(path)
}

export const codePath = (path: string): string => `${path}.code`

/** With the code beside it; undefined without, or where that is damaged or another program's. V8 may still reject it. */
export const fromCode = (path: string): Script | undefined => {
  try {
    const source = readFileSync(path)
    const sealed = readFileSync(codePath(path))
    const code = sealed.subarray(0, -sealBytes)
    return sealed.readUInt32LE(code.length) === sealOf(source, code) ? scriptOf(path, source, code) : undefined
  } catch {
    return undefined
  }
}

export const fromSource = (path: string): Script => scriptOf(path, readFileSync(path))

/** Runs it as Node runs what is required, and gives what it exports. */
export const run = (script: Script, path: string, own = { exports: {} }): ReturnType<typeof load> =>
  script.runInThisContext()(own, own.exports, module.createRequire(path), path, dirname(path))

/** The file to lie at `codePath`: with every function that has run by now. */
export const codeOf = (script: Script, path: string): Buffer => {
  const code = script.createCachedData()
  const seal = Uint32Array.of(sealOf(readFileSync(path), code))
  return Buffer.concat([code, new Uint8Array(seal.buffer)])
}

const sealBytes = 4

/** V8 compares the length of the source only, and does not see whether the code is damaged. */
const sealOf = (source: Buffer, code: Buffer): number => {
  // The version alone needs no zlib, which takes a while to load.
  const { crc32 }: typeof import("node:zlib") = module.createRequire(import.meta.url)("node:zlib")
  return crc32(code, crc32(source, crc32(process.version + process.arch)))
}

/** The build makes the source ASCII. */
const scriptOf = (filename: string, source: Buffer, cachedData?: Buffer): Script => {
  const body = source.toString("latin1")
  const wrapped = `(function (module, exports, require, __filename, __dirname) { ${body}\nreturn module.exports })`
  return new Script(wrapped, { filename, ...(cachedData && { cachedData }) })
}
