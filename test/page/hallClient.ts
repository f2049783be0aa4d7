/** A client that is in the room of `PlayedRooms`. */
import { RoomsClient } from "../../src/protocol/conversation/client/RoomsClient.ts"
import { readServerMessage } from "../../src/protocol/conversation/client/ServerMessage.ts"
import { hall, type PlayedRooms } from "./playedRooms.ts"

export const hallClient = (rooms: PlayedRooms, nick: string, now = 0) => {
  const client = new RoomsClient(`page-${nick}`)
  const handler = rooms.serve({
    send: (text) => {
      const read = readServerMessage(text)
      if (read._tag === "Left") throw new Error(read.left)
      client.receive(read.right, now)
    },
    close: (reason) => client.lost(reason, now),
    pause: () => undefined,
    resume: () => undefined
  }, { host: "127.0.0.1", port: 1 })
  client.connecting("alpha")
  client.connected({ as: "guest", nick })
  client.openRoom(hall)
  /** Gives the server what the client has to send. */
  const send = (): void => {
    for (let next = client.pollTransmit(now); next !== undefined; next = client.pollTransmit(now)) {
      handler.onText(JSON.stringify(next))
    }
  }
  send()
  const room = () => {
    const view = client.roomView(hall)
    if (view === undefined) throw new Error("the room is not open")
    return view
  }
  return { client, send, room }
}
