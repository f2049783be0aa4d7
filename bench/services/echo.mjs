// The server of comparison: what a course shows as a server of TCP, in 20 lines. It sends each message back.
import { createServer } from "node:net"

const server = createServer((socket) => {
  socket.on("data", (bytes) => {
    socket.write(bytes)
  })
  socket.on("error", () => {
    socket.destroy()
  })
})

export const listen = (host) =>
  new Promise((resolve) => {
    server.listen(0, host, 4096, () => resolve(server.address().port))
  })
