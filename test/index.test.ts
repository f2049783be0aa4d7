/** Every example in the documentation comments of the library, and in docs/APPS.md, compiles, runs, and prints what its comments say. */
import { build } from "esbuild"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import ts from "typescript"
import { afterAll, describe, expect, it, vi } from "vitest"

const root = resolve(import.meta.dirname, "..")
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, { readonly default: string }>>
}

/** The sources of the package's entries, by the name that a program imports. */
const entries = Object.fromEntries(
  Object.entries(manifest.exports).map(([entry, { default: built }]) => [
    entry.replace(/^\./, "holub"),
    join(root, built.replace("./dist/lib/", "src/").replace(/\.js$/, ".ts"))
  ])
)

interface Example {
  readonly title: string
  readonly code: string
  /** What its comments say that it prints. */
  readonly printed: ReadonlyArray<string>
}

const exampleOf = (title: string, code: string): Example => ({
  title,
  code,
  printed: Array.from(code.matchAll(/^\s*console\.log\(.*\) \/\/ (.*)$/gm), ([, text = ""]) => text)
})

const examplesOf = (file: string): ReadonlyArray<Example> =>
  Array.from(
    readFileSync(join(root, file), "utf8").matchAll(/^( *)\* ```ts\n([^]*?)^\1\* ```$/gm),
    (match, at) => exampleOf(`${file} ${at + 1}`, (match[2] ?? "").replace(/^ *\* ?/gm, ""))
  )

/** Programs of a page, each with the name of its file in the first line: they import each other. */
const page = readFileSync(join(root, "docs/APPS.md"), "utf8")
const ofPage = Array.from(
  page.matchAll(/^```ts\n\/\/ (\w+\.ts)\n([^]*?)^```$/gm),
  ([, name = "", code = ""]) => exampleOf(name, code)
)

const examples = [
  ...readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("src", name))
    .toSorted()
    .flatMap(examplesOf),
  ...ofPage.filter(({ printed }) => printed.length > 0)
]
const modules = ofPage.filter(({ printed }) => printed.length === 0)

// Below the root, where a program finds the packages.
const cache = join(root, "node_modules", ".cache", "holub")
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, "examples-"))
for (const { code, title } of modules) writeFileSync(join(folder, title), code)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
// The keys of the examples are not those of the user.
vi.stubEnv("XDG_STATE_HOME", folder)

/** Runs a program; the lines that it prints. */
const run = async ({ code }: Example, name: string): Promise<ReadonlyArray<string>> => {
  const path = join(folder, `${name}.mjs`)
  const { outputFiles: [output] } = await build({
    stdin: { contents: code, resolveDir: folder, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    write: false,
    packages: "external",
    alias: entries,
    logLevel: "error"
  })
  writeFileSync(path, output?.text ?? "")
  const printed: Array<string> = []
  const log = vi.spyOn(console, "log").mockImplementation((...words) => void printed.push(words.join(" ")))
  try {
    await import(/* @vite-ignore */ pathToFileURL(path).href)
  } finally {
    log.mockRestore()
  }
  return printed
}

/** The compiler's objections to all examples. */
const objections = (): ReadonlyArray<string> => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const sources = new Map([
    ...examples.map(({ code }, at) => [join(root, `example${at}.mts`), code] as const),
    ...modules.map(({ code, title }) => [join(root, title), code] as const)
  ])
  const paths = Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, [path]]))
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile, readFile } = host
  host.fileExists = (name) => sources.has(name) || fileExists.call(host, name)
  host.readFile = (name) => sources.get(name) ?? readFile.call(host, name)
  host.getSourceFile = (name, ...rest) => {
    const code = sources.get(name)
    return code === undefined
      ? getSourceFile.call(host, name, ...rest)
      : ts.createSourceFile(name, code, ts.ScriptTarget.ES2022)
  }
  const program = ts.createProgram([...sources.keys()], { ...options, paths, types: ["node"] }, host)
  return [...sources.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map(({ messageText, start = 0 }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      return `${name.slice(root.length + 1)}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
    })
  })
}

describe("the examples of the library's documentation", () => {
  it("are found, and each prints something that its comments tell", () => {
    expect(examples.filter(({ title }) => title.startsWith("src/index.ts")).length).toBe(4)
    expect(examples.length).toBeGreaterThan(5)
    expect(ofPage.length).toBe(page.match(/^```ts$/gm)?.length)
    expect(modules.map(({ title }) => title)).toEqual(["dice.ts"])
    expect(examples.filter(({ printed }) => printed.length === 0).map(({ title }) => title)).toEqual([])
  })

  it("of an app has about thirty lines", () => {
    expect(modules[0]?.code.split("\n").length).toBeLessThan(32)
  })

  it("compile", () => {
    expect(objections()).toEqual([])
  })

  it.each(examples.map((example, at) => [example.title, example, at] as const))(
    "%s prints it",
    async (_, example, at) => {
      expect(await run(example, `example${at}`)).toEqual(example.printed)
    }
  )
})
