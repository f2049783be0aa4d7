/** Every kind of world, around the classic cores, the shell or flock: which script is whose, and who draws, runs and cuts it. */
import { describeFrame } from "../models/frames.ts"
import { type FlockScript, type FlockWorldName, flockWorlds, isFlockWorld, parseFlock } from "./flock/Script.ts"
import { shrinkFlock } from "./flock/Shrink.ts"
import { describePackets } from "./flock/Trace.ts"
import { run as runFlock } from "./flock/World.ts"
import { drawFlock } from "./flock/Worlds.ts"
import { run as runClassic } from "./run.ts"
import {
  coreWorlds,
  parse as parseClassic,
  type Script,
  type WorldName as ClassicName,
  worldNames as classicNames
} from "./Script.ts"
import { shrink as shrinkClassic, type Verdict } from "./Shrink.ts"
import type { OnDatagram, Run } from "./World.ts"
import { draw as drawClassic } from "./Worlds.ts"

export type AnyScript = Script | FlockScript
export type WorldName = ClassicName | FlockWorldName

export const worldNames: ReadonlyArray<WorldName> = [...classicNames, ...flockWorlds]

/** The worlds that a name on the command line stands for; none for a name that nobody knows. */
export const worldsNamed = (name: string | undefined): ReadonlyArray<WorldName> => {
  if (name === undefined) return coreWorlds
  return name === "flock" ? flockWorlds : worldNames.filter((one) => one === name)
}

const isFlock = (script: AnyScript): script is FlockScript => isFlockWorld(script.world)

export const draw = (world: WorldName, seed: number): AnyScript =>
  isFlockWorld(world) ? drawFlock(world, seed) : drawClassic(world, seed)

export const run = (script: AnyScript, onDatagram?: OnDatagram): Run =>
  isFlock(script) ? runFlock(script, onDatagram) : runClassic(script, onDatagram)

export const shrink = (script: AnyScript, verdict: Verdict<AnyScript>): AnyScript =>
  isFlock(script) ? shrinkFlock(script, verdict) : shrinkClassic(script, verdict)

export const parse = (json: string): AnyScript =>
  /"world":\s*"flock-/.test(json) ? parseFlock(json) : parseClassic(json)

export const describe = (script: AnyScript): (bytes: Uint8Array) => string =>
  isFlock(script) ? describePackets : describeFrame
