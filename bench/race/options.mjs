// The command lines of the benchmarks. The help is the comment at the beginning of a script.
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const units = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** Ends the benchmark with exit code 2, for a wrong command line. */
export const refuse = (message) => {
  console.error(message)
  process.exit(2)
}

const headOf = (url) => {
  const lines = readFileSync(fileURLToPath(url), "utf8").split("\n")
  return lines.slice(0, lines.findIndex((line) => !line.startsWith("//"))).map((line) => line.replace(/^\/\/ ?/, ""))
}

/** The options by `spec` (parseArgs). `--help` prints the comment at the script's beginning and ends. */
export const settingsOf = (url, spec) => {
  const options = { help: { type: "boolean" }, ...spec }
  let values
  try {
    ;({ values } = parseArgs({ options }))
  } catch (error) {
    refuse(`${error.message} (--help lists the options)`)
  }
  if (values.help !== true) return values
  console.log(headOf(url).join("\n"))
  process.exit(0)
}

export const numberOf = (text, name, least = 0) => {
  const number = Number(text)
  if (text === "" || !Number.isFinite(number) || number < least) refuse(`--${name} takes a number of at least ${least}`)
  return number
}

export const countOf = (text, name) => {
  const count = numberOf(text, name, 1)
  if (!Number.isInteger(count)) refuse(`--${name} takes a whole number`)
  return count
}

/** A size in bytes; 512M and 512MiB are equal. */
export const bytesOf = (text, name) => {
  const [, number, unit] = /^(\d+)(?:([KMG])(?:i?B)?|B)?$/i.exec(text) ?? refuse(`--${name} takes a size such as 512M`)
  const bytes = Number(number) * units[(unit ?? "").toUpperCase()]
  if (bytes === 0) refuse(`--${name} takes a size above 0`)
  return bytes
}
