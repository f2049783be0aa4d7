/** The names of the wires. Each has a folder in `transport/` and a layer in `node/Wires`. */
export const wireNames = ["flock", "classic"] as const

export type WireName = typeof wireNames[number]

/** The wire of a command that names none. */
export const defaultWire: WireName = "flock"

/**
 * The port of a command that names none, by wire. Each wire has its own, so that servers of both can run on one machine;
 * no port is assigned to either, and existing programs of the classic wire ask for theirs.
 */
export const defaultPorts: Readonly<Record<WireName, number>> = { flock: 4040, classic: 4041 }
