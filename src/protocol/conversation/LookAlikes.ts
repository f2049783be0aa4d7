/**
 * Which names look the same to a reader: UTS #39 §4 with a small table of its own. It covers the Latin, Greek and Cyrillic letters that
 * look like a Latin letter in the same case, Greek and Cyrillic letters that look like each other, the Armenian ones that look like Latin
 * letters, the digits 0, 1, 3 and 6, hyphens, apostrophes and `rn`. Other scripts compare as they are, and so do accents.
 */
import * as InvisibleCharacter from "../InvisibleCharacter.ts"

/** Equal for two names that look the same, in any case. It is no name: a reader never sees it. */
export const lookOf = (name: string): string => {
  // Twice: NFKD takes the shape from a few letters of the table, and gives their plain shape to others.
  const look = inPrototypes(inPrototypes(InvisibleCharacter.removed(name).normalize("NFD")).normalize("NFKD"))
  // Before case folding: RN does not look like M.
  return look.replaceAll("rn", "m").replaceAll("vv", "w").toLowerCase()
}

const inPrototypes = (letters: string): string => {
  let look = ""
  for (const letter of letters) look += prototypes.get(letter) ?? letter
  return look
}

/** Each character, and those that look like it. The letters i and l differ, and so do I and L: the bar is I, l and 1. */
const alike: ReadonlyArray<readonly [prototype: string, others: string]> = [
  ["|", "Il1ƖǀΙІӀӏ"],
  ["A", "ΑА"],
  ["B", "ΒВꞴ"],
  ["C", "ϹС"],
  ["E", "ΕЕ"],
  ["F", "ϜꞘ"],
  ["G", "Ԍ"],
  ["H", "ΗНҢӉ"],
  ["J", "ЈͿ"],
  ["K", "ΚКҚ"],
  ["M", "ΜМϺӍ"],
  ["N", "Ν"],
  ["O", "ΟОՕ0"],
  ["P", "ΡР"],
  ["Q", "Ԛ"],
  ["R", "Ʀ"],
  ["S", "ЅՏ"],
  ["T", "ΤТҬ"],
  ["U", "Ս"],
  ["V", "Ѵ"],
  ["W", "Ԝ"],
  ["X", "ΧХҲ"],
  ["Y", "ΥУҮ"],
  ["Z", "Ζ"],
  ["a", "ɑαа"],
  ["b", "ƄЬ"],
  ["c", "ϲсᴄ"],
  ["d", "ԁ"],
  ["e", "еҽ℮"],
  ["f", "ք"],
  ["g", "ɡց"],
  ["h", "һհ"],
  ["i", "ıɩιіɪ"],
  ["j", "ϳј"],
  ["k", "κк"],
  ["n", "ηոռ"],
  ["o", "οσоօᴏ"],
  ["p", "ρр"],
  ["q", "ԛզգ"],
  ["r", "гᴦ"],
  ["s", "ѕꜱƽ"],
  ["u", "υսᴜʋμ"],
  ["v", "νѵᴠ"],
  ["w", "ωԝѡաɯᴡ"],
  ["x", "χх"],
  ["y", "γуүʏɣ"],
  ["z", "ᴢ"],
  ["æ", "ӕ"],
  ["Æ", "Ӕ"],
  ["ə", "ә"],
  ["Ə", "Ә"],
  // Greek, and the Cyrillic letters that look like it.
  ["Γ", "Г"],
  ["Λ", "Л"],
  ["Π", "П"],
  ["Φ", "Ф"],
  ["φ", "фɸ"],
  ["ε", "єɛ"],
  ["π", "п"],
  // Digits. The digit 5 and S, 8 and B, 2 and Z are told apart.
  ["3", "ЗзӠӡƷʒɜ"],
  ["6", "б"],
  // Hyphens, apostrophes, dots.
  ["-", "‐‑‒–—―−⁃"],
  ["'", "‘’ʼʹ′`ʻ՚"],
  [".", "·•"]
]

const prototypes: ReadonlyMap<string, string> = new Map(
  alike.flatMap(([prototype, others]) => Array.from(others, (other) => [other, prototype] as const))
)
