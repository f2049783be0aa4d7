/**
 * Carries usage failures through @effect/cli. Its errors contain a help document only: message and hint are the term
 * and the description of an entry; several errors are several entries of one document.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Span from "@effect/cli/HelpDoc/Span"
import * as ValidationError from "@effect/cli/ValidationError"
import { definitionsOf, paragraphsOf } from "../text/HelpText.ts"
import type { Failure } from "./Failure.ts"
import { usage } from "./Failure.ts"

/** Converts a failure to an error of @effect/cli. */
export const toValidation = ({ hint, message }: Failure): ValidationError.ValidationError =>
  ValidationError.invalidValue(HelpDoc.descriptionList([[Span.text(message), HelpDoc.p(hint ?? "")]]))

/** The first failure in an error of @effect/cli; the text of an error that @effect/cli created is kept. */
export const ofValidation = ({ error }: ValidationError.ValidationError): Failure => {
  const [own] = definitionsOf(error)
  if (own === undefined) return usage(paragraphsOf(error).join("; "))
  return usage(own[0], paragraphsOf(own[1])[0] || undefined)
}
