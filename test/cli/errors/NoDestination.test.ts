import { describe, expect, it } from "@effect/vitest"
import { parse } from "../../../src/cli/CommandLine.ts"
import { commands } from "../../../src/cli/commands/Commands.ts"
import { usage } from "../../../src/cli/errors/Failure.ts"
import { explained } from "../../../src/cli/errors/NoDestination.ts"
import { missing } from "../../../src/cli/settings/Setting.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"

const files = ["photo.jpg", "notes.txt", "example.org", "localhost:1"]

/** The hint for a command line, on a disk with these files. */
const hintFor = (argv: ReadonlyArray<string>): string | undefined => {
  const line = parse(commands)(["send", ...argv])
  if (line._tag === "Left") return expect.fail(line.left.message)
  return explained(missing(settings.to), line.right.given, (path) => files.includes(path)).hint
}

describe("a send without --to", () => {
  it.each<[argv: ReadonlyArray<string>, host: string]>([
    [["192.0.2.7", "photo.jpg"], "192.0.2.7 photo.jpg"],
    [["192.0.2.7:4041", "photo.jpg"], "192.0.2.7:4041 photo.jpg"],
    [["example.com", "photo.jpg"], "example.com photo.jpg"],
    [["example.com.", "photo.jpg"], "example.com. photo.jpg"],
    [["holubník.example", "photo.jpg"], "'holubník.example' photo.jpg"],
    [["localhost", "photo.jpg"], "localhost photo.jpg"],
    [["loft:4041", "photo.jpg"], "loft:4041 photo.jpg"],
    [["2001:db8::7", "photo.jpg"], "2001:db8::7 photo.jpg"],
    [["[2001:db8::7]:4041", "photo.jpg"], "'[2001:db8::7]:4041' photo.jpg"],
    [["[::1]", "photo.jpg"], "'[::1]' photo.jpg"],
    // A name without a dot, where the others are files.
    [["loft", "photo.jpg"], "loft photo.jpg"],
    [["photo.jpg", "notes.txt", "loft"], "loft photo.jpg notes.txt"],
    // As scp, rsync and URLs have it.
    [["photo.jpg", "loft:"], "loft photo.jpg"],
    [["missing.jpg", "loft:"], "loft missing.jpg"],
    [["photo.jpg", "user@example.com:/tmp/x"], "example.com photo.jpg"],
    [["user@example.com", "photo.jpg"], "example.com photo.jpg"],
    [["photo.jpg", "example.com::module"], "example.com photo.jpg"],
    [["photo.jpg", "[2001:db8::7]:path"], "'[2001:db8::7]' photo.jpg"],
    [["udp://loft:4041/", "photo.jpg"], "loft:4041 photo.jpg"],
    // What is missing is named.
    [["192.0.2.7"], "192.0.2.7 FILE"],
    [["localhost", "--json"], "localhost --json FILE"],
    [["loft:4041"], "loft:4041 FILE"],
    // Behind the files, as other programs have it.
    [["photo.jpg", "192.0.2.7"], "192.0.2.7 photo.jpg"],
    [["photo.jpg", "loft:4041"], "loft:4041 photo.jpg"],
    // The rest of the line stays as it is, quoted for a shell.
    [["192.0.2.7", "my photo.jpg", "it's"], "192.0.2.7 'my photo.jpg' 'it'\\''s'"],
    [["--wire", "flock", "192.0.2.7", "b", "--text", "a b", "-"], "192.0.2.7 --wire=flock b '--text=a b' -"],
    [["example.com", "--text", "t"], "example.com --text=t"],
    [["--", "192.0.2.7", "-x"], "192.0.2.7 ./-x"]
  ])("with a host among its paths, %j, is shown as it must be", (argv, rest) => {
    expect(hintFor(argv)).toBe(`write: holub send --to ${rest}`)
  })

  it.each<[argv: ReadonlyArray<string>, rest: string]>([
    [["photo.jpg"], "photo.jpg"],
    [["photo.jpg", "typo.jpg"], "photo.jpg typo.jpg"],
    // Such a file is there.
    [["example.org", "photo.jpg"], "example.org photo.jpg"],
    [["localhost:1"], "localhost:1"],
    // No host looks like this.
    [["loft", "typo.jpg"], "loft typo.jpg"],
    [["4040", "photo.jpg"], "4040 photo.jpg"],
    [["./photos/b.jpg", "photo.jpg"], "./photos/b.jpg photo.jpg"],
    [["..", "photo.jpg"], ".. photo.jpg"],
    [[".profile", "photo.jpg"], ".profile photo.jpg"],
    [["C:/photo", "photo.jpg"], "C:/photo photo.jpg"],
    [["example.com:0", "photo.jpg"], "example.com:0 photo.jpg"],
    [["my notes.txt", "photo.jpg"], "'my notes.txt' photo.jpg"],
    [["255.255.255.255", "photo.jpg"], "255.255.255.255 photo.jpg"],
    // Rather a file than a host that nothing is sent to.
    [["foto.jpg"], "foto.jpg"],
    [["-"], "-"],
    [["--text", "a b"], "'--text=a b'"],
    [["--json", "photo.jpg", "\u001b[31m"], "--json photo.jpg $'\\033[31m'"]
  ])("whose paths are files, %j, is shown with a place for the host", (argv, rest) => {
    expect(hintFor(argv)).toBe(`set HOLUB_TO, or write: holub send --to HOST ${rest}`)
  })

  it.each([[[]], [["--json"]]])("with nothing to send, %j, is told how to say where to", (argv) => {
    expect(hintFor(argv)).toBe(missing(settings.to).hint)
  })
})

describe("another failure", () => {
  it("keeps its words", () => {
    const failure = usage("--port is wrong", "give another")
    expect(explained(failure, [{ _tag: "Operand", text: "192.0.2.7" }], () => false)).toBe(failure)
  })
})
