// The licences of the packages in a bundle, from esbuild's list of its inputs.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** One section for each package, in the order of their names; fails for a package without a licence file. */
export const noticeOf = (metafiles) => {
  const folders = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .flatMap(([input, { bytesInOutput }]) => bytesInOutput > 0 ? [input] : [])
    .flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [])
  const sections = [...new Set(folders)].toSorted().map(sectionOf)
  return `Holub's program (dist/bin.cjs, dist/program.cjs, dist/store.cjs, dist/web.cjs) contains the following packages.\n\n${sections.join("\n")}`
}

const sectionOf = (folder) => {
  const { license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no licence file`)
  return `${"=".repeat(80)}\n${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`
}
