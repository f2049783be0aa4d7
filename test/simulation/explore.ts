/** `npm run explore` as its users run it. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("../../scripts/explore.mjs", import.meta.url))

export interface Explored {
  readonly code: number
  readonly stderr: string
  readonly lines: ReadonlyArray<string>
}

/** Its exit code and what it printed. */
export const explore = (...args: ReadonlyArray<string>): Promise<Explored> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stderr, lines: stdout.trimEnd().split("\n") })
    })
  })

/** The number of states of a world that the explorer has visited, of whose lines none reports a violation. */
export const statesWithoutViolation = ({ code, lines, stderr }: Explored): number => {
  const wrong = lines.filter((line) => /^(?:VIOLATION| +\d)/.test(line))
  if (code !== 0 || stderr !== "" || wrong.length > 0) {
    throw new Error(`the explorer exited with ${code}:\n${[...lines, stderr].join("\n")}`)
  }
  return Number(/^all +(\d+) /.exec(lines.at(-1) ?? "")?.[1])
}

/** The steps to the violation of a world that the explorer has printed, if it begins with these words. */
export const pathTo = (words: string, { lines }: Explored): ReadonlyArray<string> => {
  const at = lines.findIndex((line) => line.startsWith(`VIOLATION in world ${words}`))
  return at < 0 ? [] : lines.slice(at + 1, lines.indexOf("", at))
}
