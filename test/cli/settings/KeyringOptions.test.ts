import { describe, expect, it } from "@effect/vitest"
import * as KeyringOptions from "../../../src/cli/settings/KeyringOptions.ts"
import { valuesOf } from "../invoking.ts"

const environment = { XDG_STATE_HOME: "/state" }

describe("the options of the keys", () => {
  it("are those of a server and of a client", () => {
    const server = valuesOf(["serve", "--wire=flock", "--host-key=/k", "--allow-keys=/a"])
    expect(KeyringOptions.fromSettings(server, environment)).toMatchObject({
      directory: "/state/holub",
      hostKeyFile: "/k",
      allowedFile: "/a"
    })
    const client = valuesOf(["send", "--wire=flock", "--to=h", "--text=x", "--accept-new", "--identity=/i"])
    expect(KeyringOptions.fromSettings(client, environment)).toMatchObject({ acceptNew: true, identityFile: "/i" })
  })
})
