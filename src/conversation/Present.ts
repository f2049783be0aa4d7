/** A client of a room, for its operator. */
import type { Member } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import type { ServiceTransport } from "../telemetry/ServiceEvents.ts"

/** A client as the operator sees it. */
export interface Present {
  readonly member: Member
  /** Its name in the app, if it has one. */
  readonly name: string | undefined
  readonly address: Address
  readonly transport: ServiceTransport
  /** Unix time in milliseconds. */
  readonly since: number
  readonly receivedBytes: number
  readonly sentBytes: number
}
