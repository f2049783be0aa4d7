/** File names from peers: refused, or safe in a flat directory of any system; and no two files get the same name. */
import * as Either from "effect/Either"
import * as FastCheck from "fast-check"
import { posix, win32 } from "node:path"
import * as FileName from "../../src/storage/FileName.ts"
import * as InboxNames from "../../src/storage/InboxNames.ts"
import type { IfExists } from "../../src/storage/Storage.ts"
import { asJson, ensure, fuzz } from "./fuzzing.ts"
import { texts } from "./texts.ts"

/** Format characters except joiners, tags and number signs; their places are tested with examples. */
const hidden =
  /(?![\u200c-\u200d\u{e0020}-\u{e007f}\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])\p{Cf}/u

/** Throws unless `name` is safe on every system. */
const ensureSafe = (name: string): void => {
  ensure(name !== "" && !name.startsWith("."), "the name is empty, hidden or a directory")
  ensure(posix.basename(name) === name && win32.basename(name) === name, "the name is a path")
  ensure(posix.join("/inbox", name) === `/inbox/${name}`, "the name leads to another directory")
  ensure(win32.join("C:\\inbox", name) === `C:\\inbox\\${name}`, "the name leads to another directory on Windows")
  ensure(!/[/\\<>:"|?*]/.test(name), "the name has a separator, a drive, a stream or a character that Windows forbids")
  ensure(!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name), "the name has a control character or a separator")
  ensure(!hidden.test(name), "the name has an invisible character")
  ensure(!/\p{Cs}/u.test(name), "the name has a lone surrogate")
  ensure(!/[.\s]$/u.test(name), "the name has an end that Windows removes")
  const device = name.split(".", 1)[0]?.trimEnd() ?? ""
  ensure(!/^(?:con|prn|aux|nul|(?:com|lpt)[\d\u00b9\u00b2\u00b3])$/i.test(device), "the name is a device")
  ensure(Buffer.byteLength(name) <= 255, "the name is too long")
}

fuzz("a name", {
  corpus: "names",
  inputs: texts,
  runs: 6000,
  holds: (wanted) => {
    Either.match(FileName.check(wanted), {
      onLeft: (problem) => {
        ensure(/^[ -~]+$/.test(problem) && !problem.endsWith("."), "the problem quotes characters of the name")
        const isPlain = /^[a-z]\w{0,99}(?:\.[a-z]{1,9})?$/.test(wanted)
        ensure(!isPlain || /^(?:con|prn|aux|nul|com.|lpt.)(?:\.|$)/.test(wanted), "a plain name is refused")
      },
      onRight: (name) => {
        ensureSafe(name)
        ensure(wanted !== "." && wanted !== "..", "a directory is accepted")
        ensure(name === wanted || name === `_${wanted.slice(1)}`, "the name is changed")
        ensure(Either.isRight(FileName.check(name)), "a safe name is refused when checked again")
        for (const number of [1, 10, 9999]) {
          const numbered = FileName.numbered(name, number)
          ensureSafe(numbered)
          ensure(
            numbered !== name && numbered.includes(` (${number})`),
            "the numbered name does not contain the number"
          )
        }
      }
    })
  }
})

fuzz("the collision key of a name", {
  corpus: "names",
  inputs: texts,
  runs: 4000,
  holds: (name) => {
    const key = FileName.collisionKey(name)
    const collisions = [
      name.toLowerCase(),
      // In the other order JavaScript converts marks to letters that no file system considers equal.
      name.normalize("NFD").toUpperCase(),
      ...["NFC", "NFD", "NFKC", "NFKD"].map((form) => name.normalize(form))
    ]
    for (const other of collisions) {
      ensure(FileName.collisionKey(other) === key, () => `the key of ${asJson(other)} differs`)
    }
  }
})

/** Steps in an inbox: `claim:NAME`, `move:CLAIM`, `release:CLAIM`, `publish:CLAIM`, `appear:NAME`. */
interface Script {
  readonly ifExists: IfExists
  readonly steps: ReadonlyArray<string>
}

const few = FastCheck.oneof(
  FastCheck.constantFrom(
    "a.txt",
    "A.TXT",
    "a (1).txt",
    "a (2).txt",
    "\u00e9",
    "e\u0301",
    "\u00c9",
    ".a",
    "_a",
    "..",
    "a"
  ),
  texts
)

fuzz("an inbox", {
  corpus: "inboxes",
  inputs: FastCheck.record({
    ifExists: FastCheck.constantFrom<IfExists>("rename", "fail", "overwrite"),
    steps: FastCheck.array(
      FastCheck.oneof(
        { weight: 4, arbitrary: few.map((name) => `claim:${name}`) },
        { weight: 2, arbitrary: few.map((name) => `appear:${name}`) },
        {
          weight: 5,
          arbitrary: FastCheck.tuple(FastCheck.constantFrom("move", "release", "publish"), FastCheck.nat(3)).map((
            words
          ) => words.join(":"))
        }
      ),
      { maxLength: 20, size: "max" }
    )
  }),
  runs: 800,
  holds: ({ ifExists, steps }: Script) => {
    const names = InboxNames.make(ifExists)
    const claims: Array<InboxNames.Claim> = []
    const stored: Array<string> = []
    const isTaken = (name: string, own?: InboxNames.Claim): boolean => {
      const others = [...stored, ...claims.filter((claim) => claim !== own).map((claim) => claim.name)]
      const key = FileName.collisionKey(name)
      return others.some((other) =>
        FileName.collisionKey(other) === key && !(ifExists === "overwrite" && other === name)
      )
    }
    const ensureFree = (name: string, own?: InboxNames.Claim): void => {
      ensureSafe(name)
      ensure(!isTaken(name, own), () => `${asJson(name)} is claimed twice`)
    }
    for (const step of steps) {
      const [verb = "", ...rest] = step.split(":")
      const word = rest.join(":")
      const claim = claims[Number(word)]
      if (verb === "claim") {
        Either.match(names.claim(word, stored), {
          onLeft: ({ reason }) => {
            const isUnsafe = Either.isLeft(FileName.check(word))
            ensure(reason === (isUnsafe ? "UnsafeName" : "TargetExists"), "the reason is wrong")
            ensure(
              isUnsafe || (ifExists !== "rename" && isTaken(Either.getOrThrow(FileName.check(word)))),
              "a free name is refused"
            )
          },
          onRight: (made) => {
            ensureFree(made.name)
            claims.push(made)
          }
        })
      } else if (verb === "appear") stored.push(word)
      else if (claim !== undefined && verb === "move") {
        const before = claim.name
        const moved = claim.move(stored)
        ensure(
          Either.isLeft(moved) ? claim.name === before : ifExists !== "fail",
          "a failed move has changed the claim"
        )
        if (Either.isRight(moved) && claim.name !== before) ensureFree(claim.name, claim)
      } else if (claim !== undefined) {
        if (verb === "publish") stored.push(claim.name)
        claim.release()
        claims.splice(claims.indexOf(claim), 1)
      }
    }
  }
})
