// The server of comparison: what a course shows as a server of TCP, in 20 lines.
import { createServer } from "node:net"

const sockets = new Set()
const server = createServer((socket) => {
  sockets.add(socket)
  socket.on("data", (bytes) => {
    socket.write(bytes)
  })
  socket.on("error", () => {
    socket.destroy()
  })
  socket.on("close", () => {
    sockets.delete(socket)
  })
})

export const listen = (host) =>
  new Promise((resolve) => {
    server.listen(0, host, 4096, () => resolve(server.address().port))
  })
