/**
 * All kinds of worlds (classic cores, shell, flock): selects the functions that draw, run, shrink and parse a script.
 */
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

/** A script of any kind. */
export type AnyScript = Script | FlockScript
/** The name of a world of any kind. */
export type WorldName = ClassicName | FlockWorldName

/** All names of worlds. */
export const worldNames: ReadonlyArray<WorldName> = [...classicNames, ...flockWorlds]

/** The worlds for a name on the command line; empty for an unknown name. */
export const worldsNamed = (name: string | undefined): ReadonlyArray<WorldName> => {
  if (name === undefined) return coreWorlds
  if (name === "flock") return flockWorlds
  return name === "attacker" ? ["flock-attacked", "flock-restarts"] : worldNames.filter((one) => one === name)
}

const isFlock = (script: AnyScript): script is FlockScript => isFlockWorld(script.world)

/** Draws a script from a seed. */
export const draw = (world: WorldName, seed: number): AnyScript =>
  isFlockWorld(world) ? drawFlock(world, seed) : drawClassic(world, seed)

/** Runs a script. */
export const run = (script: AnyScript, onDatagram?: OnDatagram): Run =>
  isFlock(script) ? runFlock(script, onDatagram) : runClassic(script, onDatagram)

/** Shrinks a failing script. */
export const shrink = (script: AnyScript, verdict: Verdict<AnyScript>): AnyScript =>
  isFlock(script) ? shrinkFlock(script, verdict) : shrinkClassic(script, verdict)

/** Parses a script. Throws an error with the reason. */
export const parse = (json: string): AnyScript =>
  /"world":\s*"flock-/.test(json) ? parseFlock(json) : parseClassic(json)

/** The function that describes the datagrams of a script's wire as text. */
export const describe = (script: AnyScript): (bytes: Uint8Array) => string =>
  isFlock(script) ? describePackets : describeFrame
