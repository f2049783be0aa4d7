/** The wire that the communicator speaks in both roles, as far as the roles know it. */
import type { Address } from "../../net/Address.ts"
import type { Carrier } from "./Line.ts"
import type { Server } from "./Serving.ts"

export interface Wire<Needed> {
  readonly server: Server<Needed>
  readonly carrier: (to: Address) => Carrier<Needed>
}
