/** The options of the keys and of the trust that follow from the settings. A server has no settings of a client, and a client none of a server. */
import type { Environment } from "../../node/Folders.ts"
import { stateFolder } from "../../node/Folders.ts"
import type { Options } from "../../node/security/NodeKeyring.ts"
import type { Values } from "./Settings.ts"

export type KeyringValues = Partial<Pick<Values, "acceptNew" | "allowKeys" | "hostKey" | "identity">>

export const fromSettings = (
  { acceptNew, allowKeys, hostKey, identity }: KeyringValues,
  environment: Environment
): Options => ({
  directory: stateFolder(environment),
  hostKeyFile: hostKey,
  identityFile: identity,
  acceptNew,
  allowedFile: allowKeys
})
