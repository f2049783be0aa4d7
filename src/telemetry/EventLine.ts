/** What every line of `--json` and of the log file has: version, type and time. A field without a description is rejected. */
import * as Schema from "effect/Schema"

/** A field that is omitted where it does not apply. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })
/** The first fields of every line. */
const common = {
  /** The version of the format. */
  v: Schema.Literal(1),
  /** ISO 8601, UTC, with milliseconds. */
  time: Schema.String.pipe(Schema.pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
}

/** The Schema of the lines of one type. */
export const line = <Type extends string, Fields extends Schema.Struct.Fields>(type: Type, fields: Fields) =>
  Schema.Struct({ v: common.v, type: Schema.Literal(type), time: common.time, ...fields })
    .annotations({ identifier: type, parseOptions: { onExcessProperty: "error" } })
