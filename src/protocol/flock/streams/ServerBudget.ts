/** What a server grants to all its sessions together. Each session takes its part from it. */
import * as Limits from "../../ProtocolLimits.ts"
import { TokenBucket } from "../../TokenBucket.ts"
import { ReceiveCredit } from "./ReceiveCredit.ts"

export class ServerBudget {
  /** Bytes that peers may send before they are read. */
  readonly credit: ReceiveCredit
  /** Streams that peers may reset and replace by others. */
  readonly resets = new TokenBucket(Limits.serverResets, Limits.serverResetsPerSecond)

  constructor(receiveCreditBytes: number = Limits.receiveCreditBytes) {
    this.credit = new ReceiveCredit(receiveCreditBytes)
  }
}
