/** The failure of accounts, with the exit code of each reason. */
import type { Failure as Refusal, Reason } from "../../conversation/accounts/Accounts.ts"
import { ExitCode } from "./ExitCodes.ts"
import { Failure } from "./Failure.ts"
import * as StoreFailure from "./StoreFailure.ts"

export const of = (error: Refusal): Failure => {
  if (error._tag === "StoreError") return StoreFailure.of(error)
  const { message, reason } = error
  return new Failure({
    code: reason,
    exitCode: exitCodes[reason] ?? ExitCode.unclassified,
    message,
    hint: hints[reason]
  })
}

const exitCodes: Partial<Record<Reason, ExitCode>> = {
  BadName: ExitCode.usage,
  BadPassword: ExitCode.usage,
  UnknownAccount: ExitCode.usage,
  NameTaken: ExitCode.targetExists,
  KeyTaken: ExitCode.targetExists
}

const hints: Partial<Record<Reason, string>> = {
  UnknownAccount: "`holub account list` lists the accounts",
  NameTaken: "`holub account passwd` gives it another password"
}
