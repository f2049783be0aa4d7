// The server of comparison: what a course shows as a server of TCP, in 20 lines. It sends each message back, or to all clients.
import { createServer } from "node:net"

const clients = new Set()
let toAll = false
const server = createServer({ noDelay: true }, (socket) => {
  clients.add(socket)
  socket.on("data", (bytes) => {
    for (const to of toAll ? clients : [socket]) to.write(bytes)
  })
  socket.on("error", () => socket.destroy())
  socket.on("close", () => clients.delete(socket))
})

export const listen = (host, sendsToAll) =>
  new Promise((resolve) => {
    toAll = sendsToAll
    server.listen(0, host, 4096, () => resolve(server.address().port))
  })
