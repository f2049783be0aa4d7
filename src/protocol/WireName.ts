/** The names of the wires. Each has a folder in `transport/` and a layer in `node/Wires`. */
export const wireNames = ["flock", "tcp", "classic"] as const

export type WireName = typeof wireNames[number]

/** The wire of a command that names none. */
export const defaultWire: WireName = "flock"

/**
 * The port of a command that names none, by wire. The wires over UDP have one each, so that servers of both can run on one machine; the
 * ports of TCP are others than those of UDP, so that tcp has the number of flock: where UDP is blocked, only `--wire tcp` is added. No port
 * is assigned to any of them, and existing programs of the classic wire ask for theirs.
 */
export const defaultPorts: Readonly<Record<WireName, number>> = { flock: 4040, tcp: 4040, classic: 4041 }
