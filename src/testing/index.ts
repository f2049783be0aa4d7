/** Entry for tests of programs that embed holub: a network and a disk in memory, random or scripted faults. */
export * as StorageMemory from "../storage/StorageMemory.ts"
export * as Faults from "./Faults.ts"
export * as NetworkMemory from "./NetworkMemory.ts"
export * as OverwrittenRuns from "./OverwrittenRuns.ts"
export * as SocketMemory from "./SocketMemory.ts"
export * as TcpMemory from "./TcpMemory.ts"
