/** The congestion controllers by name. */
import { Bbr } from "./Bbr.ts"
import type { BbrOptions } from "./bbr/Model.ts"
import type { Congestion, Name } from "./Congestion.ts"
import { Cubic } from "./Cubic.ts"
import { NewReno } from "./NewReno.ts"

/** Creates the controller of that name. `now` is in milliseconds. */
export const make = (name: Name, options: BbrOptions, now: number): Congestion => {
  switch (name) {
    case "bbr":
      return new Bbr(options, now)
    case "cubic":
      return new Cubic(options)
    case "newreno":
      return new NewReno(options)
  }
}
