/** A connection of TCP that notes its calls, and has room until it is filled. */
import type { TcpConnection } from "../../src/net/Tcp.ts"

export const notedConnection = (note: (call: string) => void) => {
  let hasRoom = true
  const connection: TcpConnection = {
    local: { host: "192.0.2.1", port: 1 },
    peer: { host: "192.0.2.2", port: 2 },
    start: () => note("start"),
    write: ({ length }) => {
      note(`write ${length}`)
      return hasRoom
    },
    unsentBytes: () => 0,
    pause: () => note("pause"),
    resume: () => note("resume"),
    finish: () => note("finish"),
    reset: () => note("reset")
  }
  return { connection, fill: () => void (hasRoom = false) }
}
