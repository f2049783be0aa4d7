/** A text of a person as parts: addresses of the web, which can be followed, and what stands between them. */

export interface TextPart {
  readonly text: string
  /** Where it leads: http and https only. */
  readonly href: string | undefined
}

export const partsOf = (text: string): ReadonlyArray<TextPart> => {
  const parts: Array<TextPart> = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const found = trimmed(match[0])
    const href = hrefOf(found)
    if (href === undefined) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: undefined })
    parts.push({ text: found, href })
    end = match.index + found.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: undefined })
  return parts
}

const address = /\bhttps?:\/\/[^\s<>"]+/giu

/** A sentence ends behind an address, and brackets stand around it. */
const trimmed = (found: string): string => {
  const bare = found.replace(/[.,;:!?'…]+$/u, "")
  return bare.endsWith(")") && !bare.includes("(") ? bare.slice(0, -1) : bare
}

/** An address with the name of a user may look as if it led elsewhere. */
const hrefOf = (text: string): string | undefined => {
  try {
    const { host, href, username } = new URL(text)
    return host !== "" && username === "" ? href : undefined
  } catch {
    return undefined
  }
}
