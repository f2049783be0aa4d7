/** The tables of a store in memory, to which turns are applied: all writes of a turn, or none. */
import { MemoryLog, type Undo } from "./MemoryLog.ts"
import type {
  SeenPost,
  StoredAccount,
  StoredAttachment,
  StoredKey,
  StoredLink,
  StoredMark,
  StoredRoom,
  StoredToken
} from "./StoredRows.ts"
import type { Turn, Write } from "./StoreWrites.ts"

export class MemoryTables {
  readonly rooms = new Map<string, StoredRoom>()
  readonly logs = new Map<string, MemoryLog>()
  /** By room, author and device. */
  readonly seen = new Map<string, SeenPost>()
  readonly accounts = new Map<string, StoredAccount>()
  readonly keys = new Map<string, StoredKey>()
  readonly tokens = new Map<string, StoredToken>()
  /** By account and room. */
  readonly marks = new Map<string, StoredMark>()
  readonly attachments = new Map<string, StoredAttachment>()
  readonly links = new Map<string, StoredLink>()
  readonly meta = new Map<string, string>()

  /**
   * Applies a turn, and returns what undoes it; or what it conflicts with, as a sentence without a full stop: then nothing has changed.
   */
  apply(turn: Turn): Undo | string {
    const changes: Array<Undo> = []
    const undo = () => {
      for (const change of changes.toReversed()) change()
    }
    for (const write of turn) {
      const problem = this.#write(write, changes)
      if (problem === undefined) continue
      undo()
      return problem
    }
    return undo
  }

  #write(write: Write, changes: Array<Undo>): string | undefined {
    const put = <K, V>(table: Map<K, V>, key: K, value: V | undefined): void => {
      const before = table.get(key)
      if (value === undefined) table.delete(key)
      else table.set(key, value)
      changes.push(() => before === undefined ? table.delete(key) : table.set(key, before))
    }
    const removeWhere = <K, V>(table: Map<K, V>, isGone: (value: V) => boolean): void => {
      for (const [key, value] of Array.from(table)) if (isGone(value)) put(table, key, undefined)
    }
    switch (write._tag) {
      case "PutRoom":
        put(this.rooms, write.room.name, write.room)
        return undefined
      case "RemoveRoom":
        put(this.rooms, write.name, undefined)
        put(this.logs, write.name, undefined)
        removeWhere(this.marks, ({ room }) => room === write.name)
        removeWhere(this.seen, ({ room }) => room === write.name)
        return undefined
      case "Append": {
        const undo = this.#logOf(write.event.room).append(write.event)
        if (undo === undefined) return `event ${write.event.seq} of ${write.event.origin} is not the next one`
        changes.push(undo)
        return undefined
      }
      case "Erase":
        changes.push(this.#logOf(write.room).erase(write))
        return undefined
      case "EraseAuthor":
        for (const log of this.logs.values()) {
          for (const event of log.events.slice()) if (event.author === write.author) changes.push(log.erase(event))
        }
        return undefined
      case "Purge":
        changes.push(this.#logOf(write.room).purge(write.origin, write.floor))
        return undefined
      case "AddAccount": {
        const { fold, id, look } = write.account
        const isTaken = this.accounts.has(id) ||
          Array.from(this.accounts.values()).some((one) => one.fold === fold || one.look === look)
        if (isTaken) return "there is an account of this name"
        put(this.accounts, id, write.account)
        return undefined
      }
      case "SetPassword": {
        const account = this.accounts.get(write.account)
        if (account !== undefined) put(this.accounts, account.id, { ...account, password: write.password })
        return undefined
      }
      case "RemoveAccount": {
        const isOf = ({ account }: { readonly account: string | undefined }) => account === write.account
        put(this.accounts, write.account, undefined)
        removeWhere(this.keys, isOf)
        removeWhere(this.tokens, isOf)
        removeWhere(this.marks, isOf)
        return undefined
      }
      case "AddKey":
        if (this.keys.has(write.key.key)) return "this key belongs to an account already"
        put(this.keys, write.key.key, write.key)
        return undefined
      case "RemoveKey":
        put(this.keys, write.key, undefined)
        return undefined
      case "AddToken":
        if (this.tokens.has(write.token.hash)) return "this token exists already"
        put(this.tokens, write.token.hash, write.token)
        return undefined
      case "TakeToken":
        if (!this.tokens.has(write.hash)) return "this token does not exist"
        put(this.tokens, write.hash, undefined)
        return undefined
      case "RemoveToken":
        put(this.tokens, write.hash, undefined)
        return undefined
      case "RevokeTokens":
        removeWhere(this.tokens, ({ account }) => account === write.account)
        return undefined
      case "ExpireTokens":
        removeWhere(this.tokens, ({ expires }) => expires <= write.now)
        return undefined
      case "PutMark":
        put(this.marks, markKeyOf(write.mark), write.mark)
        return undefined
      case "PutAttachment":
        put(this.attachments, write.attachment.hash, write.attachment)
        return undefined
      case "RemoveAttachment":
        put(this.attachments, write.hash, undefined)
        return undefined
      case "PutLink":
        put(this.links, write.link.peer, write.link)
        return undefined
      case "RemoveLink":
        put(this.links, write.peer, undefined)
        return undefined
      case "See": {
        const { author, device, n, room } = write.post
        const key = `${room}\n${author}\n${device}`
        if (n > (this.seen.get(key)?.n ?? -1)) put(this.seen, key, write.post)
        return undefined
      }
      case "PutMeta":
        put(this.meta, write.key, write.value)
        return undefined
      case "RequireMeta":
        return this.meta.get(write.key) === write.value ? undefined : `${write.key} has another value`
    }
  }

  #logOf(room: string): MemoryLog {
    const log = this.logs.get(room)
    if (log !== undefined) return log
    const opened = new MemoryLog()
    this.logs.set(room, opened)
    return opened
  }
}

const markKeyOf = ({ account, room }: StoredMark): string => `${account}\n${room}`
