/** Command lines in the manner of other programs, each with the right one. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { commands } from "../../src/cli/commands/Commands.ts"
import * as Correction from "../../src/cli/Correction.ts"
import { explained } from "../../src/cli/errors/NoDestination.ts"
import { missing } from "../../src/cli/settings/Setting.ts"
import { settings } from "../../src/cli/settings/Settings.ts"

const files = ["a.txt", "b.txt", "inbox", "photos"]
const exists = (path: string): boolean => files.includes(path.replace(/\/$/, ""))

/** The hint for a command line, on a disk with these files. */
const hintFor = (line: string): string | undefined =>
  Either.match(Correction.read(commands, exists)(line.split(" ")), {
    onLeft: ({ hint }) => hint,
    // The line is as it must be, except perhaps the host.
    onRight: ({ command: { name }, given, wantsHelp }) =>
      name === "send" && !wantsHelp ? explained(missing(settings.to), given, exists).hint : undefined
  })

describe("a line in the manner of another program", () => {
  it.each<[line: string, command: string]>([
    // Words for a server.
    ["receive", "serve"],
    ["recv --port 5000", "serve --port 5000"],
    ["get", "serve"],
    ["GET a.txt.part", "serve"],
    ["receive 7-crossover-clockwork", "serve"],
    ["listen 4040", "serve --port 4040"],
    ["server", "serve"],
    ["download -o inbox", "serve --dir=inbox"],
    ["nc -lu 4040", "serve --port 4040"],
    // Flags and operands of a server.
    ["serve 4040", "serve --port 4040"],
    ["serve -p 4040", "serve --port 4040"],
    ["serve -p4040", "serve --port 4040"],
    ["serve 0.0.0.0", "serve --host 0.0.0.0"],
    ["serve 0.0.0.0:4041", "serve --host 0.0.0.0 --port 4041"],
    ["serve ::1 4041", "serve --host ::1 --port 4041"],
    ["serve inbox", "serve --dir inbox"],
    ["serve ./new", "serve --dir ./new"],
    ["serve -b 0.0.0.0 -v", "serve --host 0.0.0.0 --verbose"],
    ["serve -h 0.0.0.0", "serve --host 0.0.0.0"],
    ["serve --overwrite", "serve --if-exists=overwrite"],
    ["-l 4040", "serve --port 4040"],
    ["-lvp 4040", "serve --port 4040 --verbose"],
    ["--listen --port=4040 --json", "serve --port 4040 --json"],
    // A client.
    ["send 192.0.2.7 a.txt", "send --to 192.0.2.7 a.txt"],
    ["send loft a.txt", "send --to loft a.txt"],
    ["send a.txt loft:", "send --to loft a.txt"],
    ["scp a.txt me@loft:/tmp", "send --to loft a.txt"],
    ["put a.txt", "send --to HOST a.txt"],
    ["cp a.txt b.txt loft:4041", "send --to loft:4041 a.txt b.txt"],
    ["send -t loft a.txt", "send --to loft a.txt"],
    ["send -to loft a.txt", "send --to loft a.txt"],
    ["send --to me@loft:/tmp a.txt", "send --to loft a.txt"],
    ["send --to udp://loft:4041/ a.txt", "send --to loft:4041 a.txt"],
    ["send --host loft --port 4041 a.txt", "send --to loft:4041 a.txt"],
    ["send -P 4041 a.txt loft:", "send --to loft:4041 a.txt"],
    ["send -H ::1 -p 4041 -f a.txt", "send --to '[::1]:4041' a.txt"],
    ["send -t loft -w 5 -m hello", "send --to loft --wait=5s --text=hello"],
    ["send -t hello,you 192.0.2.7", "send --to 192.0.2.7 --text=hello,you"],
    ["send -z 192.0.2.7", "send --to 192.0.2.7 FILE"],
    ["push -- -x loft:", "send --to loft ./-x"],
    ["a.txt", "send --to HOST a.txt"],
    ["192.0.2.7 a.txt", "send --to 192.0.2.7 a.txt"],
    // The communicator.
    ["chat", ""],
    ["client 192.0.2.7", "--to 192.0.2.7"],
    ["nc -u 192.0.2.7 4041", "--to 192.0.2.7:4041"],
    ["192.0.2.7 4041", "--to 192.0.2.7:4041"],
    ["-p 4041", "--port 4041"],
    // The rest.
    ["clean -n", "clean --dry-run"],
    ["purge", "clean"],
    ["completion zsh", "completions zsh"],
    ["config list", "config show"],
    ["config get --json", "config show --json"],
    ["-v", "--version"],
    ["-version", "--version"],
    ["man", "help"],
    ["man send", "help send"],
    ["--usage", "help"],
    ["send -?", "help send"],
    ["/?", "help"]
  ])("holub %s is answered with holub %s (U2)", (line, command) => {
    expect(hintFor(line)).toBe(`write: ${`holub ${command}`.trimEnd()}`)
    const words = command === "" ? [] : command.replace(/'/g, "").split(" ")
    expect(Either.isRight(Correction.read(commands, exists)(words))).toBe(true)
  })

  it.each([
    ["send -r photos loft:", "tar c photos | holub send --to loft --name photos.tar -"],
    ["rsync -av ./photos/ me@loft:/x", "tar c ./photos/ | holub send --to loft --name photos.tar -"],
    ["scp -r -P 4041 photos loft:", "tar c photos | holub send --to loft:4041 --name photos.tar -"],
    ["cp -r photos", "tar c photos | holub send --to HOST --name photos.tar -"]
  ])("holub %s, which sends a folder, is answered with %s", (line, command) => {
    expect(hintFor(line)).toBe(`write: ${command}`)
  })
})

describe("a wrong line whose meaning is not known", () => {
  it.each<[line: string, hint: string | undefined]>([
    ["sned a.txt", "did you mean send?"],
    [
      "juggle",
      "the commands are serve, send, join, say, follow, talk, app, account, link, clean, key, trust, config, completions, help and version"
    ],
    ["serve juggle", "holub serve --help lists the flags"],
    ["serve --juggle 4040", "holub serve --help lists the flags"],
    ["serve --to loft", "holub serve --help lists the flags"],
    ["serve --port", undefined],
    ["send --to a --to b a.txt", "give it once"],
    ["send --to loft:1 --port 2 a.txt", "holub send --help lists the flags; for a file of that name write ./--port"],
    [
      "192.0.2.7 4041 4042",
      "the commands are serve, send, join, say, follow, talk, app, account, link, clean, key, trust, config, completions, help and version"
    ],
    // A shell that has no completions resembles neither `bash` nor `install`.
    ["completions tcsh", undefined],
    ["completions sh", undefined],
    ["completions powershell", undefined],
    ["completions install tcsh", undefined],
    ["completions instal", "did you mean completions install?"]
  ])("holub %s: %s", (line, hint) => {
    expect(hintFor(line)).toBe(hint)
  })
})

describe("a right line", () => {
  it.each(["send --to loft a.txt", "serve", "serve -h", "send -V", "help send", "version", "send --to [::1]:1 a.txt"])(
    "holub %s is taken as it is",
    (line) => {
      expect(Either.isRight(Correction.read(commands, exists)(line.split(" ")))).toBe(true)
    }
  )
})
