/** Errors of the system: an unknown error code, or none, still yields a sentence with advice. */
import * as FastCheck from "fast-check"
import * as FileErrors from "../../src/node/storage/FileErrors.ts"
import { ensure, fuzz } from "./fuzzing.ts"
import { texts } from "./texts.ts"

const reasons = ["NotFound", "NotAFile", "Denied", "NoSpace", "TargetExists", "UnsafeName", "Io"]
const codes = FastCheck.oneof(
  FastCheck.constantFrom("ENOENT", "EACCES", "ENOSPC", "EBUSY", "ESTALE", "ERR_INVALID_ARG_VALUE", "", "constructor"),
  texts
)

fuzz("an error of the system", {
  corpus: "systemErrors",
  inputs: FastCheck.record({ code: codes, path: texts, isBare: FastCheck.boolean() }),
  runs: 1500,
  holds: ({ code, isBare, path }) => {
    const cause = isBare ? code : Object.assign(new Error("it failed"), { code })
    ensure(FileErrors.code(cause) === code, "the code differs")
    const { message, path: reportedPath, reason } = FileErrors.fromSystem("read", path, cause)
    ensure(reasons.includes(reason), () => `the reason is ${reason}`)
    const advice = message.slice(`cannot read "${path}": `.length)
    ensure(reportedPath === path && message.startsWith(`cannot read "${path}": `), "the path differs")
    ensure(
      advice.length > 10 && (reason !== "Io" || advice.includes(code) || code.startsWith("E")),
      "there is no advice"
    )
  }
})
