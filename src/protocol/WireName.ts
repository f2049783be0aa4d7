/** The names of the wires. Each has a folder in `transport/` and a layer in `node/Wires`. */
export const wireNames = ["classic", "flock"] as const

export type WireName = typeof wireNames[number]

/** The wire of a command that names none. */
export const defaultWire: WireName = "classic"
