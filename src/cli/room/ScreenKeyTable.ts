/** The keys of the screen of rooms, as its panel and docs/CONVERSATION.md show them. */
export const keyTable: ReadonlyArray<readonly [keys: string, does: string]> = [
  ["Enter", "sends the text, or runs the command"],
  ["Alt-Enter", "begins a new line in the text"],
  ["Tab, Shift-Tab", "completes a command, a room, a name or a path; again, takes the next candidate"],
  ["Up, Down", "move in a text of several rows, else bring back what you have sent"],
  ["PageUp, PageDown", "scroll; at the top they ask for earlier messages"],
  ["Ctrl-N, Ctrl-P", "go to the next room and the previous one"],
  ["Alt-1 … Alt-9", "go to the room with this number"],
  ["Ctrl-F", "searches as you type: Up and Down go to the earlier and later message, Enter stays there, Esc goes back"],
  ["Esc", "goes back: from a list, a search, or earlier messages"],
  ["Ctrl-A, Ctrl-E", "go to the beginning and the end of the row, as Home and End do"],
  ["Alt-B, Alt-F", "go one word back and forth, as Ctrl-Left and Ctrl-Right do"],
  ["Ctrl-W, Ctrl-U, Ctrl-K", "erase the word, the row before the cursor, the row behind it"],
  ["Ctrl-R, Ctrl-X", "send a message again that may not have arrived (?), or take it back"],
  ["Ctrl-L", "draws the screen again"],
  ["Ctrl-Z", "suspends the program; fg continues it"],
  ["F1", "shows these keys"],
  ["Ctrl-C, Ctrl-D", "leave; while posts are not sent yet, only at the second time"]
]

const width = Math.max(...keyTable.map(([keys]) => keys.length))

export const keyRows: ReadonlyArray<string> = keyTable.map(([keys, does]) => `${keys.padEnd(width)}  ${does}`)
