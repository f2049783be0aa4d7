/** A received message as one short line for the operator. */
import { hexOf } from "../protocol/Hex.ts"

/** UTF-16 code units, and bytes, of a message that are shown: a line of a log has to stay one that a person can read. */
const mostShownUnits = 1024
const mostShownBytes = 64

/** The text of a message, or its bytes in hexadecimal where it is none. */
export const lineOf = ({ bytes, text }: { readonly bytes: Uint8Array; readonly text: string | undefined }): string =>
  text === undefined ? octets(bytes) : shortened(text)

const shortened = (text: string): string => {
  if (text.length <= mostShownUnits) return text
  return `${text.slice(0, mostShownUnits)} … (${text.length} characters)`
}

const octets = (bytes: Uint8Array): string => {
  const shown = hexOf(bytes.subarray(0, mostShownBytes), " ")
  return `${shown}${bytes.length > mostShownBytes ? " …" : ""} (${bytes.length} bytes)`
}
