/** Runs any script in the kind of world that it is for. */
import * as CoreWorld from "./CoreWorld.ts"
import type { Script } from "./Script.ts"

export const run = (script: Script, onDatagram?: CoreWorld.OnDatagram): CoreWorld.Run =>
  CoreWorld.run(script, onDatagram)
