/** Where a person writes: a text of several lines, or a command. Enter sends, Shift+Enter begins a line, Tab completes a name. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks"
import { complete, type Known } from "../protocol/conversation/Completion.ts"
import * as Limits from "./PageLimits.ts"

export interface ComposerProps {
  readonly room: string
  readonly text: string
  readonly known: Known
  readonly onText: (text: string) => void
  readonly onSend: (text: string) => void
  readonly onFile: () => void
}

export const Composer = ({ known, onFile, onSend, onText, room, text }: ComposerProps) => {
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => area.current?.focus(), [room])
  useLayoutEffect(() => {
    const element = area.current
    if (element !== null) element.rows = Math.min(Limits.writtenRows, text.split("\n").length)
  }, [text])
  const onKeyDown = (event: KeyboardEvent): void => {
    const element = event.currentTarget as HTMLTextAreaElement
    // The Enter that ends a composition of an input method is not meant for the text.
    if (event.isComposing) return
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault()
      onSend(text)
    } else if (event.key === "Tab" && !event.shiftKey && element.selectionStart === text.length) {
      const completed = completedBy(text, known)
      if (completed === undefined) return
      event.preventDefault()
      onText(completed)
    }
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        onSend(text)
        area.current?.focus()
      }}
      onPaste={(event) => {
        if ((event.clipboardData?.files.length ?? 0) > 0) onFile()
      }}
    >
      <textarea
        ref={area}
        aria-label={`Message in ${room}`}
        placeholder="Message, or /help"
        value={text}
        dir="auto"
        enterkeyhint="send"
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button class="main" type="submit">Send</button>
    </form>
  )
}

/** The text with the word at its end completed, as far as all candidates agree; undefined if nothing follows. */
const completedBy = (text: string, known: Known): string | undefined => {
  const { candidates, from } = complete(text, known)
  const [first] = candidates
  if (first === undefined) return undefined
  let common = first.length
  for (const other of candidates) {
    while (!other.startsWith(first.slice(0, common))) common--
  }
  const completed = text.slice(0, from) + first.slice(0, common) + (candidates.length === 1 ? " " : "")
  return completed === text || common === 0 ? undefined : completed
}
