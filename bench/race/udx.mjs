// Both ends of udx-native, which has no program of its own: a file is sent over one stream.
//
//   node udx.mjs send|receive MODULE HOST PORT PEER PEER_PORT PATH
import { createReadStream, createWriteStream } from "node:fs"
import { createRequire } from "node:module"

const [mode, module, host, port, peer, peerPort, path] = process.argv.slice(2)
const UDX = createRequire(import.meta.url)(module)
const [id, peerId] = mode === "send" ? [2, 1] : [1, 2]
const socket = new UDX().createSocket()
socket.bind(Number(port), host)
const stream = socket.udx.createStream(id)
stream.connect(socket, peerId, Number(peerPort), peer)
if (mode === "send") {
  createReadStream(path, { highWaterMark: 1024 * 1024 }).pipe(stream)
  stream.resume()
  stream.on("close", () => process.exit())
} else {
  const copy = createWriteStream(path)
  stream.pipe(copy)
  stream.on("end", () => stream.end())
  copy.on("finish", () => process.exit())
}
