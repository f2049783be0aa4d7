/** A scrypt that counts its calls and costs nothing; it takes a millisecond of virtual time. */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import type * as Scrypt from "../../../src/security/Scrypt.ts"

export class CountedScrypt implements Scrypt.Shape {
  readonly costs: Array<Scrypt.Cost> = []
  atOnce = 0
  mostAtOnce = 0
  readonly millis: number

  constructor(millis = 0) {
    this.millis = millis
  }

  readonly derive: Scrypt.Shape["derive"] = (password, salt, cost, length) =>
    Effect.suspend(() => {
      this.costs.push(cost)
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce)
      const bytes = new Uint8Array(createHash("sha256").update(password).update(salt).digest()).slice(0, length)
      return Effect.as(
        this.millis === 0 ? Effect.void : Effect.sleep(this.millis),
        bytes
      )
    }).pipe(Effect.ensuring(Effect.sync(() => this.atOnce--)))
}
