import * as NodeTcp from "../../src/node/net/NodeTcp.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import { tcpTransferSuite } from "./tcpTransfer.ts"

tcpTransferSuite("memory", TcpMemory.layer())
tcpTransferSuite(
  "memory, in reads of 1000 bytes from a small window",
  TcpMemory.layer({ readBytes: 1000, windowBytes: 3000 })
)
tcpTransferSuite("node:net on loopback", NodeTcp.layer)
