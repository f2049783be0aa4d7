/** The text of `--version --verbose`: the version, the route of the encryption, and what it runs on. For reports of faults and of speed. */
import * as NodeAead from "../../node/security/NodeAead.ts"

/** `route` is the route that this machine chooses; computing it encrypts known answers. */
export const verboseVersion = (version: string, route: string = NodeAead.make().route): string =>
  [
    version,
    `encryption: ${route}`,
    `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, ${process.platform} ${process.arch}`
  ].join("\n")
