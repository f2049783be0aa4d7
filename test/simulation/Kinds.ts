/**
 * All kinds of worlds (classic cores, shell, flock, linked servers): selects the functions that draw, run, shrink and parse a script.
 */
import { describeFrame } from "../models/frames.ts"
import { type FlockScript, type FlockWorldName, flockWorlds, isFlockWorld, parseFlock } from "./flock/Script.ts"
import { shrinkFlock } from "./flock/Shrink.ts"
import { describePackets } from "./flock/Trace.ts"
import { run as runFlock } from "./flock/World.ts"
import { drawFlock } from "./flock/Worlds.ts"
import { isLinksWorld, type LinksScript, type LinksWorldName, linksWorlds, parseLinks } from "./links/Script.ts"
import { shrinkLinks } from "./links/Shrink.ts"
import { run as runLinks } from "./links/World.ts"
import { drawLinks } from "./links/Worlds.ts"
import { run as runClassic } from "./run.ts"
import {
  coreWorlds,
  parse as parseClassic,
  type Script,
  type WorldName as ClassicName,
  worldNames as classicNames
} from "./Script.ts"
import { shrink as shrinkClassic } from "./Shrink.ts"
import type { Verdict } from "./Shrinking.ts"
import type { OnDatagram, Run } from "./World.ts"
import { draw as drawClassic } from "./Worlds.ts"

/** A script of any kind. */
export type AnyScript = Script | FlockScript | LinksScript
/** The name of a world of any kind. */
export type WorldName = ClassicName | FlockWorldName | LinksWorldName

/** All names of worlds. */
export const worldNames: ReadonlyArray<WorldName> = [...classicNames, ...flockWorlds, ...linksWorlds]

/** The worlds for a name on the command line; empty for an unknown name. */
export const worldsNamed = (name: string | undefined): ReadonlyArray<WorldName> => {
  if (name === undefined) return coreWorlds
  if (name === "flock") return flockWorlds
  if (name === "linked") return linksWorlds
  return name === "attacker" ? ["flock-attacked", "flock-restarts"] : worldNames.filter((one) => one === name)
}

const isLinks = (script: AnyScript): script is LinksScript => isLinksWorld(script.world)

const isFlock = (script: AnyScript): script is FlockScript => isFlockWorld(script.world)

/** Draws a script from a seed. */
export const draw = (world: WorldName, seed: number): AnyScript =>
  isLinksWorld(world) ? drawLinks(world, seed) : isFlockWorld(world) ? drawFlock(world, seed) : drawClassic(world, seed)

/** Runs a script. Worlds of linked servers have streams instead of datagrams. */
export const run = (script: AnyScript, onDatagram?: OnDatagram): Run =>
  isLinks(script)
    ? runLinks(script)
    : isFlock(script)
    ? runFlock(script, onDatagram)
    : runClassic(script, onDatagram)

/** Shrinks a failing script. */
export const shrink = (script: AnyScript, verdict: Verdict<AnyScript>): AnyScript =>
  isLinks(script)
    ? shrinkLinks(script, verdict)
    : isFlock(script)
    ? shrinkFlock(script, verdict)
    : shrinkClassic(script, verdict)

/** Parses a script. Throws an error with the reason. */
export const parse = (json: string): AnyScript => {
  const [, kind] = /"world":\s*"(flock|links)/.exec(json) ?? []
  return kind === "links" ? parseLinks(json) : kind === "flock" ? parseFlock(json) : parseClassic(json)
}

/** The function that describes the datagrams of a script's wire as text. */
export const describe = (script: AnyScript): (bytes: Uint8Array) => string =>
  isFlock(script) ? describePackets : describeFrame
