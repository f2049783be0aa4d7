/** Plain text of the help documents of @effect/cli. */
import type { HelpDoc } from "@effect/cli/HelpDoc"
import type { Span } from "@effect/cli/HelpDoc/Span"

/** The text of a span without its style. */
export const textOf = (span: Span): string => {
  switch (span._tag) {
    case "Text":
    case "URI":
      return span.value
    case "Sequence":
      return textOf(span.left) + textOf(span.right)
    default:
      return textOf(span.value)
  }
}

/** The text of each paragraph and heading, in order. */
export const paragraphsOf = (doc: HelpDoc): ReadonlyArray<string> => {
  switch (doc._tag) {
    case "Paragraph":
    case "Header":
      return [textOf(doc.value)]
    case "Sequence":
      return [...paragraphsOf(doc.left), ...paragraphsOf(doc.right)]
    default:
      return []
  }
}

/** The term and the description of each entry of the description lists, in order. */
export const definitionsOf = (doc: HelpDoc): ReadonlyArray<readonly [term: string, description: HelpDoc]> => {
  switch (doc._tag) {
    case "DescriptionList":
      return doc.definitions.map(([term, description]) => [textOf(term), description])
    case "Sequence":
      return [...definitionsOf(doc.left), ...definitionsOf(doc.right)]
    default:
      return []
  }
}
