/**
 * The client of an app, as existing programs are: what it asks the person for, and what it shows. A state machine like the app, and
 * as pure.
 */
import type { Language } from "./Language.ts"

export type ClientInput =
  /** The connection is open. */
  | { readonly _tag: "Opened" }
  /** A message of the server. */
  | { readonly _tag: "Received"; readonly bytes: Uint8Array; readonly text: string | undefined }
  /** A line from the person, without its end. */
  | { readonly _tag: "Typed"; readonly line: string }
  /** The person ends their input, and leaves after the outputs for this. Not after `Leave`. */
  | { readonly _tag: "Leaving" }
  /** The server has ended the connection. */
  | { readonly _tag: "Ended" }

export type ClientOutput =
  /** Shows text. The report makes it harmless. */
  | { readonly _tag: "Show"; readonly text: string }
  /** Asks for a line with this prompt; an answer is `Typed`. */
  | { readonly _tag: "Ask"; readonly prompt: string }
  | { readonly _tag: "Send"; readonly message: string | Uint8Array }
  /** Leaves after everything was sent. */
  | { readonly _tag: "Leave" }

export const show = (text: string): ClientOutput => ({ _tag: "Show", text })
/** Shows a message of the server, or its length where it is no text. */
export const showMessage = ({ bytes, text }: Extract<ClientInput, { _tag: "Received" }>): ClientOutput =>
  show(text ?? `${bytes.length} bytes`)
export const ask = (prompt: string): ClientOutput => ({ _tag: "Ask", prompt })
export const send = (message: string | Uint8Array): ClientOutput => ({ _tag: "Send", message })
export const leave: ClientOutput = { _tag: "Leave" }

/** One run of the client: a function of all inputs so far would be pure too, and slower. */
export interface ClientRun {
  readonly on: (input: ClientInput) => readonly [next: ClientRun, outputs: ReadonlyArray<ClientOutput>]
}

export interface AppClient {
  /** The client before `Opened`. */
  readonly start: (language: Language) => ClientRun
}

/** A client whose state is `S`. */
export const makeClient = <S>(
  init: (language: Language) => S,
  on: (state: S, input: ClientInput) => readonly [S, ReadonlyArray<ClientOutput>]
): AppClient => {
  const runOf = (state: S): ClientRun => ({
    on: (input) => {
      const [next, outputs] = on(state, input)
      return [runOf(next), outputs]
    }
  })
  return { start: (language) => runOf(init(language)) }
}
