/** The rules of the code base (docs/ARCHITECTURE.md) as tests. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { withoutTest } from "./withoutTest.ts"

const root = resolve(import.meta.dirname, "..")
const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => /\.tsx?$/.test(name) && statSync(join(root, name)).isFile())
const read = (file: string): string => readFileSync(join(root, file), "utf8")

const sources = filesUnder("src")
const tests = filesUnder("test")

interface Import {
  readonly from: string
  readonly specifier: string
  /** The file in src/, for a relative import. */
  readonly target: string | undefined
}

const importsOf = (file: string): ReadonlyArray<Import> =>
  Array.from(
    read(file).matchAll(/(?:^|\n)\s*(?:import|export)\s[^"'`;]*?from\s+"([^"]+)"|import\("([^"]+)"\)/g),
    (match) => {
      const specifier = match[1] ?? match[2] ?? ""
      const target = specifier.startsWith(".") ? relative(root, resolve(root, dirname(file), specifier)) : undefined
      return { from: file, specifier, target }
    }
  )

const imports = sources.flatMap(importsOf)
const isIn = (folder: string) => (file: string | undefined): boolean => file?.startsWith(`src/${folder}/`) === true

/** From the top layer down: a folder may import from its own layer and the layers below, never from one above. */
const floors: ReadonlyArray<ReadonlyArray<string>> = [
  ["bin.ts"],
  ["cli"],
  ["index.ts", "node"],
  ["web"],
  ["page"],
  ["conversation"],
  ["apps"],
  ["transfer"],
  ["storage", "testing"],
  ["transport"],
  ["security"],
  ["telemetry"],
  ["net"],
  ["protocol"]
]
/** The existing folders; a planned folder is added with its first file. */
const rooms = [
  "protocol",
  "net",
  "telemetry",
  "security",
  "transport",
  "storage",
  "testing",
  "transfer",
  "apps",
  "conversation",
  "page",
  "web",
  "node",
  "cli"
]
/** With a test for each file. */
const libraryRooms = rooms.filter((room) => !["node", "cli", "page"].includes(room))
const roomOf = (file: string): string => file.split("/")[1] ?? ""
const floorOf = (file: string): number => floors.findIndex((floor) => floor.includes(roomOf(file)))

describe("the rooms", () => {
  it.each(rooms)("%s has files", (room) => {
    expect(sources.filter(isIn(room)).length).toBeGreaterThan(0)
  })

  it("are all of src, each on a floor", () => {
    const strangers = sources.filter((file) =>
      !rooms.includes(roomOf(file)) && !["bin.ts", "index.ts"].includes(roomOf(file))
    )
    expect(strangers).toEqual([])
    expect(sources.filter((file) => floorOf(file) < 0)).toEqual([])
  })
})

const impure =
  /\b(?:Date|Math\.random|performance|setTimeout|setInterval|setImmediate|queueMicrotask|Promise|async|await|process|console|globalThis|Buffer)\b/
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")

describe("src/protocol", () => {
  it("is pure: it imports nothing but itself, and conversation/ Schemas and persistent maps", () => {
    const foreign = imports.filter(({ from, target }) => isIn("protocol")(from) && !isIn("protocol")(target))
    const values = /^effect\/(?:Either|HashMap|Option|ParseResult|Schema)$/
    expect(
      foreign.filter(({ from, specifier }) => !(isIn("protocol/conversation")(from) && values.test(specifier)))
    ).toEqual([])
  })

  it("uses no clock, no chance, no promises, no environment", () => {
    const files = sources.filter(isIn("protocol"))
    expect(files.filter((file) => impure.test(withoutComments(read(file))))).toEqual([])
    expect(files.filter((file) => /\bcrypto\b/.test(withoutComments(read(file))))).toEqual([])
  })
})

describe("src/apps", () => {
  it("knows no socket, no clock, no chance: time and secrets are values", () => {
    const files = sources.filter(isIn("apps"))
    expect(files.filter((file) => impure.test(withoutComments(read(file))))).toEqual([])
    const effects = /^(?:effect\/(?:Effect|Clock|Random|Runtime|Fiber|Stream|Queue|Layer|Context)|@effect\/)/
    expect(imports.filter(({ from, specifier }) => isIn("apps")(from) && effects.test(specifier))).toEqual([])
    const values =
      /import (?!type )[^"]*from "[./]*\/(?:net\/(?!Address)|transport|transfer|storage|testing|telemetry|security)/
    expect(files.filter((file) => values.test(read(file)))).toEqual([])
  })
})

describe("imports", () => {
  it("are found at all", () => {
    expect(imports.length).toBeGreaterThan(150)
  })

  it("name files that exist", () => {
    expect(
      imports.filter(({ target }) => target !== undefined && target !== "package.json" && !sources.includes(target))
    ).toEqual([])
  })

  it("point one way", () => {
    const backwards = imports.filter(({ from, target }) =>
      target?.startsWith("src/") === true && floorOf(target) < floorOf(from)
    )
    expect(backwards.map(({ from, target }) => `${from} → ${target}`)).toEqual([])
  })

  it("make no cycle", () => {
    const targets = new Map(sources.map((file) => [file, importsOf(file).flatMap(({ target }) => target ?? [])]))
    const cycles: Array<string> = []
    const done = new Set<string>()
    const visit = (file: string, path: ReadonlyArray<string>): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" → "))
      if (done.has(file) || path.includes(file)) return
      for (const target of targets.get(file) ?? []) visit(target, [...path, file])
      done.add(file)
    }
    for (const file of sources) visit(file, [])
    expect(cycles).toEqual([])
  })

  it("of Node stand in node/, cli/ and bin.ts only: the library is platform-free", () => {
    const outside = imports.filter(({ from, specifier }) =>
      specifier.startsWith("node:") && !isIn("node")(from) && !isIn("cli")(from) && from !== "src/bin.ts"
    )
    expect(outside).toEqual([])
  })

  it("of the packages that only the program has stand in cli/: whoever embeds the library installs none of them", () => {
    const ofProgram = /^(?:@effect\/(?:cli|platform-node|printer)|smol-toml|get-east-asian-width|ws$)/
    const users = imports.filter(({ specifier }) => ofProgram.test(specifier))
    expect(users.length).toBeGreaterThan(5)
    expect(users.filter(({ from }) => !isIn("cli")(from))).toEqual([])
  })

  it("of packages are deep", () => {
    const packages = imports.filter(({ target, specifier }) => target === undefined && !specifier.startsWith("node:"))
    // One that is a single small module.
    const whole = ["smol-toml", "get-east-asian-width", "preact", "preact/hooks", "ws"]
    const isDeep = (specifier: string) => /^(?:effect|@effect\/[\w-]+)\/[\w/]+$/.test(specifier)
    expect(packages.filter(({ specifier }) => !isDeep(specifier) && !whole.includes(specifier))).toEqual([])
  })
})

describe("files", () => {
  it("have at most 300 lines", () => {
    const long = [...sources, ...tests].map((file) => [file, read(file).trimEnd().split("\n").length] as const)
    expect(long.filter(([, lines]) => lines > 300)).toEqual([])
  })

  it("open with what they know", () => {
    expect(sources.filter((file) => !/^(?:#!.*\n)?\/\*\*/.test(read(file)))).toEqual([])
  })

  it("have names of their own: no base name stands twice, so that a search by name finds one file", () => {
    const names = sources.map((file) => file.split("/").at(-1) ?? "").filter((name) => name !== "index.ts")
    expect(names.length).toBeGreaterThan(200)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it("are not drawers", () => {
    const drawers = /(?:^|\/)(?:utils?|shared|common|helpers?|misc)(?:\/|\.ts$)/i
    expect([...sources, ...tests].filter((file) => drawers.test(file))).toEqual([])
  })

  it("are in plain technical English: a noun where these words stand for one", () => {
    const vague =
      /\b(?:[Ww]hoever|[Nn]obody|hears?|heard|(?:is|are|was|were) told(?! apart)|[Ww]ho (?:comes|leaves|asks|sends|waits))\b/
    expect(vague.test("whoever asks is told")).toBe(true)
    // The bytes of an existing protocol are as they are.
    const withoutWire = (text: string) => text.replaceAll(/"Nobody won"/g, "")
    expect(sources.filter((file) => vague.test(withoutWire(read(file))))).toEqual([])
  })

  it("name no machine's path", () => {
    const own = ["test/house.test.ts"]
    const paths = /\/(?:home|root|Users|work)\/\w+\//
    expect([...sources, ...tests].filter((file) => !own.includes(file) && paths.test(read(file)))).toEqual([])
  })
})

describe("tests", () => {
  const mirrored = tests.filter((file) =>
    file.endsWith(".test.ts") && !/^test\/(?:suites|models|processes|simulation|fuzz)\//.test(file)
  )
  // Named after what they hold rather than after a module.
  const free = [
    "test/house.test.ts",
    "test/catalogue.test.ts",
    "test/division.test.ts",
    "test/protocol/classic/protocolDoc.test.ts",
    "test/protocol/flock/protocolDoc.test.ts",
    "test/protocol/flock/protocolDoc.keys.test.ts",
    "test/protocol/tcp/protocolDoc.test.ts",
    "test/protocol/conversation/protocolDoc.test.ts",
    "test/securityDoc.test.ts",
    "test/apps/servicesDoc.test.ts",
    "test/cli/wrongCommandLines.test.ts",
    "test/cli/wrongSettings.test.ts"
  ]

  const sourceOf = (test: string): string => test.replace(/^test\//, "src/").replace(/(?:\.\w+)?\.test\.ts$/, ".ts")

  it("stand where their source stands", () => {
    const isAlone = (test: string) => !free.includes(test) && !sources.some((file) => file.startsWith(sourceOf(test)))
    expect(mirrored.filter(isAlone)).toEqual([])
  })

  it("stand beside every source of the protocol and of the library", () => {
    const tested = mirrored.map(sourceOf)
    const isOfValues = (file: string) => !/=>|\bfunction\b|\bclass\b/.test(withoutComments(read(file)))
    const isTable = (file: string) => file.endsWith("/index.ts") || (file.endsWith("Limits.ts") && isOfValues(file))
    const untested = (room: string) =>
      sources.filter((file) =>
        isIn(room)(file) && !isTable(file) && !withoutTest.includes(file) && !tested.includes(file)
      )
    expect(libraryRooms.flatMap(untested)).toEqual([])
  })

  it("all run: none is skipped or alone", () => {
    const own = ["test/house.test.ts"]
    expect(
      tests.filter((file) => !own.includes(file) && /\b(?:it|test|describe)\w*\.(?:skip|only|todo)\b/.test(read(file)))
    ).toEqual([])
  })
})
