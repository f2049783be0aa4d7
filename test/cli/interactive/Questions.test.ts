import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { Question } from "../../../src/cli/interactive/Dialog.ts"
import * as Questions from "../../../src/cli/interactive/Questions.ts"
import type { Socket } from "../../../src/net/Socket.ts"
import type { Storage } from "../../../src/storage/Storage.ts"
import * as Outbox from "../../../src/transfer/Outbox.ts"
import { planOf } from "../../../src/transport/classic/ClassicSession.ts"
import { world } from "./communicating.ts"

type Asked = Question<unknown, Socket | Storage | Scope.Scope>

const size = Questions.fragmentSize(
  1445,
  (fragmentSize) => planOf(Outbox.textEnvelope("x".repeat(16_777_216), { fragmentSize }), "")
)
const damage = Questions.damage("first")
const kind = Questions.damageKind("remove")
const own = Questions.ownAddress({ host: "127.0.0.1", port: 4040 })
const address = Questions.serverAddress({ host: "127.0.0.1", port: 4040 })
const port = Questions.serverPort(4040)
const file = Questions.file("")

describe("an answer that is good", () => {
  it.scoped.each<readonly [Asked, string, unknown]>([
    [own, " 0.0.0.0 ", { host: "0.0.0.0", port: 4040 }],
    [own, "localhost:5000", { host: "localhost", port: 5000 }],
    [Questions.ownPort("127.0.0.1", 4040), "0", 0],
    [address, "192.0.2.7", { host: "192.0.2.7", port: 4040 }],
    [address, "[2001:db8::1]:5000", { host: "2001:db8::1", port: 5000 }],
    [port, "65535", 65_535],
    [size, "2", 2],
    [size, "1445", 1445],
    [damage, "list:2,5", { text: "list:2,5", which: { list: [2, 5] } }],
    [kind, "FL", "flip"],
    [file, "'/a b.txt'", expect.objectContaining({ name: "a b.txt", size: 1 })],
    [file, "/it's", expect.objectContaining({ name: "it's" })],
    [file, "/back\\ slash", expect.objectContaining({ name: "back\\ slash" })]
  ])("%j is taken", ([{ check }, text, answer]) =>
    Effect.gen(function*() {
      expect(yield* check(text)).toEqual(answer)
    }).pipe(Effect.provide(world({ files: { "/a b.txt": "x", "/it's": "x", "/back\\ slash": "x" } }).layer)))
})

describe("an answer that is none", () => {
  it.scoped.each<readonly [Asked, string, RegExp]>([
    [own, "a b", /^"a b" is not an address; write a name, 192\.0\.2\.7 or 2001:db8::1$/],
    [address, "4040", /^"4040" is a port; write the address first, like 127\.0\.0\.1$/],
    [Questions.ownPort("127.0.0.1", 4040), "-1", /^a port must be a whole number from 0 to 65535, not "-1"$/],
    [port, "0", /^a port must be a whole number from 1 to 65535, not "0"$/],
    [size, "0", /^a fragment size must be a whole number from 1 to 1445, not "0"$/],
    [size, "1446", /from 1 to 1445/],
    [size, "12.5", /from 1 to 1445/],
    [size, "1", /at most 16777215 fragments; this would be 16777216: use a fragment size of 2 or more/],
    [damage, "rate:101%", /^the selection must be first, every:N, list:2,5,9 or rate:5%, not "rate:101%"$/],
    [kind, "burn", /^the kind of damage must be remove, flip or cut, not "burn"$/],
    [file, " ", /^name a file/],
    [file, "/missing", /^cannot send "\/missing": it does not exist/],
    [file, "/folder", /it is a directory/]
  ])("is told why: %j", ([{ check }, text, reason]) =>
    Effect.gen(function*() {
      expect(Either.getLeft(yield* Effect.either(check(text)))).toMatchObject({ value: expect.stringMatching(reason) })
    }).pipe(Effect.provide(world({ files: { "/folder/a": "x" } }).layer)))
})
