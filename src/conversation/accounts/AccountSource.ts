/** What attempts to log in are counted by. Pure. */
import type { Address } from "../../net/Address.ts"
import { isOwnMachine, sourceOf } from "../../protocol/Source.ts"

/**
 * The source of an address (`Source`), but one for all programs of this machine: a new port for each attempt must not make it a new source.
 */
export const of = (address: Address): string => isOwnMachine(address.host) ? address.host : sourceOf(address)

/** Whether a source is this machine. */
export const isOwn = (source: string): boolean => isOwnMachine(source)
