/** The keys of the configuration of an app, with defaults and meanings, and the errors of a wrong configuration. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { AnyApp, ConfigSchema } from "../../apps/App.ts"
import { nearest } from "../../protocol/NearestName.ts"
import { harmless, listed } from "../text/Format.ts"

export interface ConfigKey {
  readonly key: string
  /** The text of the default; undefined for a key that has none. */
  readonly value: string | undefined
  /** The description in the Schema. */
  readonly meaning: string | undefined
}

/** The keys, in the order of the Schema. */
export const of = (app: AnyApp): ReadonlyArray<ConfigKey> => app.use(({ config }) => keysOf(config))

const keysOf = <C>(config: ConfigSchema<C>): ReadonlyArray<ConfigKey> => {
  const defaults: unknown = Either.getOrElse(
    Either.flatMap(Schema.decodeUnknownEither(config)({}), (value) => Schema.encodeUnknownEither(config)(value)),
    () => ({})
  )
  const texts = new Map(Object.entries(typeof defaults === "object" && defaults !== null ? defaults : {}))
  const meanings = meaningsOf(config.ast)
  return SchemaAST.getPropertySignatures(SchemaAST.encodedAST(config.ast)).map(({ name }) => ({
    key: String(name),
    value: textOf(texts.get(String(name))),
    meaning: meanings.get(String(name))
  }))
}

const textOf = (value: unknown): string | undefined => value === undefined ? undefined : String(value)

/** `players:3`, or `language:…` for a key without a default. */
export const shownOf = ({ key, value = "…" }: ConfigKey): string => `${key}:${value}`

/** The descriptions of properties, on either side of a transformation. */
const meaningsOf = (ast: SchemaAST.AST): ReadonlyMap<string, string> => {
  const sides = SchemaAST.isTransformation(ast) ? [ast.from, ast.to] : [ast]
  return new Map(
    sides.flatMap((side) =>
      SchemaAST.isTypeLiteral(side)
        ? side.propertySignatures.flatMap((property) => {
          const found = Option.orElse(descriptionOf(property), () => descriptionOf(property.type))
          return Option.match(found, {
            onNone: () => [],
            onSome: (text) => [[String(property.name), text] as const]
          })
        })
        : []
    )
  )
}

/** Those of effect itself, such as "a string", say nothing about the app. */
const descriptionOf = (annotated: SchemaAST.Annotated): Option.Option<string> =>
  Option.filter(
    SchemaAST.getDescriptionAnnotation(annotated),
    (text) => !/^(?:a|an) (?:string|number|boolean)\b/.test(text)
  )

/** What is wrong with a configuration, as a sentence without a full stop, and its remedy. Undefined if nothing is. */
export const problemOf = (
  app: AnyApp,
  config: Readonly<Record<string, string>>
): { readonly message: string; readonly hint: string } | undefined => {
  const keys = of(app)
  const hint = keys.length === 0
    ? `${app.name} has no keys`
    : `the keys of ${app.name} are ${listed(keys.map(shownOf))}`
  const unknown = Object.keys(config).find((key) => !keys.some((one) => one.key === key))
  if (unknown !== undefined) {
    const near = nearest(unknown, keys.map(({ key }) => key))
    return {
      message: `${app.name} has no key "${harmless(unknown)}"`,
      hint: near === undefined ? hint : `did you mean ${near}? ${hint}`
    }
  }
  return app.use((typed) =>
    Either.match(Schema.decodeUnknownEither(typed.config)(config), {
      onRight: () => undefined,
      onLeft: (error) => {
        const issues = ParseResult.ArrayFormatter.formatErrorSync(error)
        const [issue] = issues
        const [key = ""] = issue?.path ?? []
        const choices = issues.flatMap(({ message }) => /^Expected ("[^"]*"), actual/.exec(message)?.[1] ?? [])
        const what = choices.length > 1 ? `it must be ${listed(choices, "or")}` : issue?.message ?? ""
        const about = key === "" ? `the configuration of ${app.name}` : `the key ${String(key)} of ${app.name}`
        return { message: `${about} is wrong: ${harmless(what)}`, hint }
      }
    })
  )
}
