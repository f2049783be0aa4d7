/**
 * Loads the bundled program with V8's code cache, which is created when the package is built. It checks that the code
 * belongs to the source; it has no knowledge of the program itself.
 */
import { readFileSync } from "node:fs"
import * as module from "node:module"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { home } from "../node/Folders.ts"

/** The program in the file `path`, loaded with the code cache if that is valid. */
export const load = (path: string): typeof import("./Program.ts") => {
  const script = fromCode(path)
  if (script?.cachedDataRejected === false) return run(script, path)
  // Since 22.1 Node caches code itself, for the next start: by default in a folder that another user may have created.
  if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") {
    module.enableCompileCache(join(process.env["XDG_CACHE_HOME"] || join(home(), ".cache"), "holub"))
  } else if (script !== undefined) return run(script, path)
  return module.createRequire(path)(path)
}

export const codePath = (path: string): string => `${path}.code`

/**
 * The script with its code cache; undefined if the code is missing, damaged or of another source. V8 may still reject
 * it.
 */
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

/** Runs the script as Node runs a CommonJS module, and returns its exports. */
export const run = (script: Script, path: string, own = { exports: {} }): ReturnType<typeof load> =>
  script.runInThisContext()(own, own.exports, module.createRequire(path), path, dirname(path))

/** The content of the file at `codePath`: the code of all functions that have run so far, and the CRC. */
export const codeOf = (script: Script, path: string): Buffer => {
  const code = script.createCachedData()
  const seal = Uint32Array.of(sealOf(readFileSync(path), code))
  return Buffer.concat([code, new Uint8Array(seal.buffer)])
}

const sealBytes = 4

/** V8 compares only the length of the source, and does not detect damaged code. */
const sealOf = (source: Buffer, code: Buffer): number => {
  // Loaded lazily, because zlib takes a while to load and `--version` does not need it.
  const { crc32 }: typeof import("node:zlib") = module.createRequire(import.meta.url)("node:zlib")
  return crc32(code, crc32(source, crc32(process.version + process.arch)))
}

/** The script of a source, which the build writes in ASCII. */
const scriptOf = (filename: string, source: Buffer, cachedData?: Buffer): Script => {
  const body = source.toString("latin1")
  const wrapped = `(function (module, exports, require, __filename, __dirname) { ${body}\nreturn module.exports })`
  return new Script(wrapped, { filename, ...(cachedData && { cachedData }) })
}
