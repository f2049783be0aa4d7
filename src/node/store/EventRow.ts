/** An event as a row of the table `holub_events`. */
import type { Event } from "../../protocol/conversation/Event.ts"

export interface EventRow {
  readonly room: string
  readonly origin: string
  readonly seq: number
  readonly clock: number
  readonly version: number
  readonly time: number
  readonly author: string
  readonly device: string
  readonly n: number
  readonly kind: string
  readonly re_origin: string | null
  readonly re_seq: number | null
  readonly salt: string | null
  /** JSON. */
  readonly body: string | null
  readonly digest: string
  readonly signer: string
  readonly hash: string
  readonly signature: string
}

export const rowOf = (event: Event): { readonly [column in keyof EventRow]: EventRow[column] } => {
  const { body, key, re, sig, v, ...same } = event
  return {
    ...same,
    version: v,
    re_origin: re?.origin ?? null,
    re_seq: re?.seq ?? null,
    body: body === null ? null : JSON.stringify(body),
    signer: key,
    signature: sig
  }
}

export const eventOf = (row: EventRow): Event => {
  const { body, re_origin, re_seq, signature, signer, version: _, ...same } = row
  return {
    ...same,
    v: 1,
    ...(re_origin === null || re_seq === null ? {} : { re: { origin: re_origin, seq: re_seq } }),
    body: body === null ? null : JSON.parse(body),
    key: signer,
    sig: signature
  }
}
