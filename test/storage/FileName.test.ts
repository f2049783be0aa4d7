import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import { posix, win32 } from "node:path"
import * as FileName from "../../src/storage/FileName.ts"

const hostile: ReadonlyArray<string> = [
  "",
  ".",
  "..",
  "...",
  "../",
  "../passwd",
  "../../etc/passwd",
  "..\\..\\boot.ini",
  "/",
  "/etc/passwd",
  "//server/share/a",
  "\\\\server\\share\\a",
  "\\",
  "a/b",
  "a\\b",
  "a/",
  "a\\",
  "./a",
  ".ssh/authorized_keys",
  "C:\\windows\\win.ini",
  "C:",
  "c:a",
  "C:/a",
  "a:b",
  "file.txt:stream",
  "file.txt::$DATA",
  ..."<>?*|\"".split("").map((character) => `a${character}b`),
  "a\0",
  "\0",
  "a\0.txt",
  "a\nb",
  "a\rb",
  "a\tb",
  "\u0007",
  "\u001b[2J",
  "\u001b]0;title\u0007",
  "a\u007f",
  "a\u0080",
  "a\u009b31m",
  "a\u202etxt.exe",
  "a\u202a",
  "a\u2066b",
  "a\u2069",
  "a\u200e",
  "a\u200f",
  "a\u061c",
  "a\u200bb",
  "a\u200cb",
  "a\u200db",
  "a\u2060",
  "\ufeffa",
  "a\u00adb",
  "a\u034fb",
  "a\u115f",
  "a\u3164",
  "a\uffa0",
  "a\u180e",
  "a\u2028b",
  "a\u2029b",
  "a\ufff9b",
  "a\u{e0041}",
  "a\ufe0f.txt",
  "😀\u200d.png",
  "म\u202bb",
  "x\u2064y",
  "a\ufffe",
  "\u{1ffff}",
  "\ud800",
  "a\udc00.txt",
  "\udc00\ud800",
  "CON",
  "con",
  "Con.txt",
  "PRN",
  "AUX.tar.gz",
  "NUL",
  "nul.",
  "NUL .txt",
  "COM0",
  "COM1",
  "com9.log",
  "COM¹",
  "com².txt",
  "LPT1",
  "lpt³",
  "LPT9.x",
  "CONIN$",
  "conout$.txt",
  "CLOCK$",
  "a.",
  "a..",
  "a ",
  "a. ",
  " ",
  "a\u00a0",
  "a\u3000",
  ". ",
  ".a.",
  "a".repeat(256),
  "é".repeat(128),
  "😀".repeat(64),
  "a".repeat(100_000)
]

const accepted: ReadonlyArray<string> = [
  "a",
  "a.txt",
  "archive.tar.gz",
  "no extension",
  " leading space",
  "-rf",
  "~",
  "$HOME",
  "%2e%2e%2f",
  "console.txt",
  "com10.txt",
  "auxiliary",
  "a (1).txt",
  "holub ❤️.png",
  "می\u200cخواهم.txt",
  "क्\u200dष.txt",
  "അവന്\u200d.txt",
  "👨\u200d👩\u200d👧.png",
  "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.svg",
  "葛\u{e0100}城.pdf",
  "😀".repeat(63),
  "příliš žluťoučký kůň.odt",
  "pr\u030Ci\u0301lis\u030C.odt",
  "題名：副題.txt",
  "a".repeat(255),
  "é".repeat(127)
]

const englishFlag = "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"

const anyName = fc.oneof(
  fc.fullUnicodeString({ maxLength: 300 }),
  fc.string16bits({ maxLength: 40 }),
  fc.stringOf(fc.constantFrom("a", ".", "/", "\\", ":", " ", "\0", "\u202e", "con", "1", "$", "é", "\ud83d"), {
    maxLength: 12
  }),
  // Joiners, selectors and tags, in and out of place: numbered names of these are cut between any two of them.
  fc.stringOf(
    fc.constantFrom("م", "\u200c", "क्\u200dष", "👨\u200d👩", "1\ufe0f\u20e3", "❤\ufe0f", englishFlag, "a", "."),
    {
      maxLength: 60
    }
  )
)

describe("check", () => {
  it.each(hostile.map((name) => [JSON.stringify(name).slice(0, 40), name] as const))("refuses %s", (_, name) => {
    const checked = FileName.check(name)
    expect(Either.isLeft(checked)).toBe(true)
  })

  it.each(accepted)("accepts %s unchanged", (name) => {
    expect(FileName.check(name)).toEqual(Either.right(name))
  })

  it.each([[".ssh", "_ssh"], [".bashrc", "_bashrc"], ["..a", "_.a"], [".holub-0.part", "_holub-0.part"]])(
    "changes the hidden name %s to the visible name %s (F4)",
    (name, visible) => {
      expect(FileName.check(name)).toEqual(Either.right(visible))
    }
  )

  it("quotes nothing of an unsafe name in the reason", () => {
    for (const name of hostile) {
      const problem = Either.match(FileName.check(name), { onLeft: (reason) => reason, onRight: () => "" })
      expect(problem).toMatch(/^[ -~]+[^.]$/)
    }
  })

  it("never accepts a name that leaves its directory or has unsafe characters", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const checked = FileName.check(name)
        if (Either.isLeft(checked)) return
        const safe = checked.right
        for (const [path, root] of [[posix, "/inbox/root"], [win32, "C:\\inbox\\root"]] as const) {
          expect(path.dirname(path.join(root, safe))).toBe(root)
          expect(path.basename(path.join(root, safe))).toBe(safe)
          expect(path.dirname(path.resolve(root, safe))).toBe(root)
        }
        expect(safe).not.toMatch(/[\p{Cc}\p{Cs}/\\<>:"|?*]|^\.|[. ]$/u)
        expect(safe).not.toMatch(/(?![\u200c-\u200d\u{e0020}-\u{e007f}\u0600-\u08e2\u{110bd}\u{110cd}])\p{Cf}/u)
        expect(Buffer.byteLength(safe)).toBeGreaterThan(0)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255)
        expect(Buffer.from(safe).toString()).toBe(safe)
      }),
      { numRuns: 5_000 }
    )
  })

  it("accepts its own result unchanged", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const checked = FileName.check(name)
        if (Either.isRight(checked)) expect(FileName.check(checked.right)).toEqual(checked)
      }),
      { numRuns: 2_000 }
    )
  })
})

describe("collisionKey", () => {
  it.each([
    ["README.txt", "readme.TXT"],
    ["é.txt", "e\u0301.txt"],
    ["É.txt", "e\u0301.txt"],
    ["STRASSE", "straße"],
    ["STRAẞE", "straße"],
    ["ΟΔΟΣ", "οδος"],
    ["ﬁle", "file"],
    ["ａ", "A"],
    ["\u212b", "å"],
    ["\u212a", "k"],
    ["\uac00", "\u1100\u1161"],
    ["می\u200cخواهم", "میخواهم"],
    ["क्\u200dष", "क्ष"],
    ["👨\u200d👩\u200d👧", "👨👩👧"],
    ["❤\ufe0f", "❤"],
    ["葛\u{e0100}", "葛"],
    ["a\u202eb", "A\u3164B"]
  ])("is the same for %s and %s (F7)", (one, other) => {
    expect(FileName.collisionKey(one)).toBe(FileName.collisionKey(other))
  })

  it.each([["a", "b"], ["a.txt", "a.text"], ["e", "é"], ["a b", "ab"]])("differs for %s and %s", (one, other) => {
    expect(FileName.collisionKey(one)).not.toBe(FileName.collisionKey(other))
  })

  it("is the same for all normal forms of every character and for both cases of a letter", () => {
    const mismatches: Array<string> = []
    for (let point = 0x20; point < 0x11_0000; point++) {
      if (point === 0xd800) point = 0xe000
      const name = `a${String.fromCodePoint(point)}`
      const key = FileName.collisionKey(name)
      const forms = [name.normalize("NFC"), name.normalize("NFD"), name.toUpperCase(), name.toLowerCase(), key]
      if (forms.some((form) => form !== name && FileName.collisionKey(form) !== key)) {
        mismatches.push(point.toString(16))
      }
    }
    expect(mismatches).toEqual([])
  })
})

describe("numbered", () => {
  it.each([
    ["a.txt", 1, "a (1).txt"],
    ["a", 2, "a (2)"],
    ["a.tar.gz", 3, "a.tar (3).gz"],
    ["a.b c", 9999, "a (9999).b c"],
    [".bashrc", 1, ".bashrc (1)"],
    ["", 1, " (1)"]
  ])("of %s and %i is %s", (name, number, expected) => {
    expect(FileName.numbered(name, number)).toBe(expected)
  })

  it("shortens the stem at a character boundary and keeps the extension", () => {
    expect(FileName.numbered(`${"😀".repeat(62)}.txt`, 10)).toBe(`${"😀".repeat(61)} (10).txt`)
    expect(FileName.numbered("a".repeat(255), 1)).toBe(`${"a".repeat(251)} (1)`)
  })

  it("shortens the stem to whole sequences of joined letters and emoji", () => {
    const family = "👨\u200d👩\u200d👧"
    expect(FileName.numbered(`${"a".repeat(232)}${family}.txt`, 1)).toBe(`${"a".repeat(232)}👨\u200d👩 (1).txt`)
    expect(FileName.numbered(`${"a".repeat(230)}${englishFlag}.b`, 1)).toBe(`${"a".repeat(230)}🏴 (1).b`)
  })

  it("shortens an extension that leaves no bytes for a stem", () => {
    expect(FileName.numbered(`a.${"b".repeat(253)}`, 1)).toBe(`a.${"b".repeat(249)} (1)`)
  })

  it("changes a safe name to a different safe name", () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 1, max: 9999 }), (name, number) => {
        const checked = FileName.check(name)
        if (Either.isLeft(checked)) return
        const next = FileName.numbered(checked.right, number)
        expect(FileName.check(next)).toEqual(Either.right(next))
        expect(next).not.toBe(checked.right)
      }),
      { numRuns: 2_000 }
    )
  })
})
