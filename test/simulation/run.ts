/** Runs a script of the classic wire with the programs of its world. */
import { ExistingClient, ExistingServer } from "./ExistingPrograms.ts"
import { OurClient } from "./OurClient.ts"
import { OurServer } from "./OurServer.ts"
import type { Script } from "./Script.ts"
import { ShellClient } from "./shell/ShellClient.ts"
import { ShellServer } from "./shell/ShellServer.ts"
import * as World from "./World.ts"

const cores: World.Programs = {
  server: (script, network, ledger, disk, runtime) =>
    script.program === "ours"
      ? new OurServer(script, network, ledger, disk, runtime)
      : new ExistingServer(network, ledger, runtime),
  client: (number, script, ...rest) =>
    script.program === "ours" ? new OurClient(number, script, ...rest) : new ExistingClient(number, script, ...rest)
}

const shell: World.Programs = {
  server: (...host) => new ShellServer(...host),
  client: (...host) => new ShellClient(...host)
}

/** Runs a script to its end or to the first violation. */
export const run = (script: Script, onDatagram?: World.OnDatagram): World.Run =>
  World.run(script, script.world === "shell" ? shell : cores, onDatagram)
