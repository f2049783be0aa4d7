/** The requests of the page, beside its WebSocket (docs/CONVERSATION.md, The page). */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as ClientLimits from "../protocol/conversation/client/ClientLimits.ts"
import { hexOfBytes, Name } from "../protocol/conversation/EventBody.ts"

const Secret = Schema.String.pipe(Schema.maxLength(ClientLimits.secretUnits))

/** What a person types to log in, or to get an account. */
export const LoginForm = Schema.Union(
  Schema.Struct({ as: Schema.Literal("password"), name: Name, password: Secret }),
  Schema.Struct({ as: Schema.Literal("register"), name: Name, password: Secret, invitation: Schema.optional(Secret) })
)
export type LoginForm = typeof LoginForm.Type

/** The reason is a sentence for the person, without a full stop. */
export class WebRefused extends Schema.TaggedError<WebRefused>()("WebRefused", {
  reason: Schema.String,
  waitMillis: Schema.optional(Schema.Number)
}, HttpApiSchema.annotations({ status: 403 })) {}

export class NoFile extends Schema.TaggedError<NoFile>()("NoFile", {
  reason: Schema.String
}, HttpApiSchema.annotations({ status: 404 })) {}

const group = HttpApiGroup.make("page", { topLevel: true })
  .add(HttpApiEndpoint.get("document", "/").addSuccess(HttpApiSchema.Text({ contentType: "text/html" })))
  // The token goes into a cookie that scripts cannot read.
  .add(
    HttpApiEndpoint.post("login", "/login")
      .setPayload(LoginForm)
      .addSuccess(Schema.Struct({ nick: Schema.String }))
      .addError(WebRefused)
  )
  .add(HttpApiEndpoint.post("logout", "/logout").addSuccess(HttpApiSchema.NoContent))
  .add(
    HttpApiEndpoint.get("file", "/files/:sha256")
      .setPath(Schema.Struct({ sha256: hexOfBytes(32) }))
      .addSuccess(HttpApiSchema.Uint8Array())
      .addError(NoFile)
  )

export class WebApi extends HttpApi.make("holub").add(group) {}
