/** The operands of a command that takes a certain number of them. */
import * as Either from "effect/Either"
import { type Failure, usage } from "../errors/Failure.ts"

/** Exactly the operands with these names, one or two; the second one is empty where there is one name. */
export const exactly = (
  operands: ReadonlyArray<string>,
  names: readonly [string, ...Array<string>],
  command: string
): Either.Either<readonly [string, string], Failure> => {
  const [first = "", second = ""] = operands
  return operands.length === names.length
    ? Either.right([first, second])
    : Either.left(usage(`${command} needs ${names.join(" and ")}`, `write: holub ${command} ${names.join(" ")}`))
}
