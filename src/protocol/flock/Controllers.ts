/** The congestion controllers by name. */
import { Bbr } from "./Bbr.ts"
import type { Congestion, Name } from "./Congestion.ts"
import { Cubic } from "./Cubic.ts"
import { NewReno } from "./NewReno.ts"

/** `random`: at least 0, less than 1. `now` is in milliseconds. */
export const make = (name: Name, maxDatagramBytes: number, random: () => number, now: number): Congestion => {
  switch (name) {
    case "bbr":
      return new Bbr({ maxDatagramBytes, random }, now)
    case "cubic":
      return new Cubic({ maxDatagramBytes })
    case "newreno":
      return new NewReno({ maxDatagramBytes })
  }
}
