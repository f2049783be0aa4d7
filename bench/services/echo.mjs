// The servers of comparison: what a course shows as a server of TCP, in 20 lines. It sends each message back; `all` to everybody.
import { createServer } from "node:net"

export const listen = (host, isForAll = false) => {
  const sockets = new Set()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on("data", (bytes) => {
      if (!isForAll) return socket.write(bytes)
      for (const one of sockets) one.write(bytes)
    })
    socket.on("error", () => {
      socket.destroy()
    })
    socket.on("close", () => {
      sockets.delete(socket)
    })
  })
  return new Promise((resolve) => {
    server.listen(0, host, 4096, () => resolve(server.address().port))
  })
}
