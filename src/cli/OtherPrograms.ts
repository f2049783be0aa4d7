/** Words and flags of programs that do the same job – scp, rsync, nc, croc, wormhole, curl – and what they are here. */
import { settings } from "./settings/Settings.ts"

const index = <A>(rows: ReadonlyArray<readonly [words: string, meaning: A]>): ReadonlyMap<string, A> =>
  new Map(rows.flatMap(([words, meaning]) => words.split(" ").map((word) => [word, meaning] as const)))

const commands = index([
  ["accept daemon download fetch get listen pull receive recv rx server start", "serve"],
  ["copy cp put push rsync scp share tx upload", "send"],
  ["chat client connect dial interactive login nc open talk", ""],
  ["cleanup gc prune purge", "clean"],
  ["options settings", "config show"],
  ["complete completion", "completions"],
  ["? /? -? -help --usage --man commands man usage", "help"]
])

/** The name of the command that a word stands for; it is empty for `holub` alone. */
export const commandFor = (word: string): string | undefined => commands.get(word.toLowerCase())

export type Meaning =
  | { readonly takes: "value"; readonly name: string; readonly unit?: string }
  /** The address of the server, or the one at which a server listens. */
  | { readonly takes: "address" | "port" | "file" }
  /** A switch, written as one of holub; undefined for what holub always or never does. */
  | { readonly takes: "nothing"; readonly argument: string | undefined }
  /** This side is a server. */
  | { readonly takes: "nothing"; readonly command: "serve" }

const valued = (name: string, unit?: string): Meaning => ({ takes: "value", name, ...(unit !== undefined && { unit }) })
const toggled = (argument: string | undefined): Meaning => ({ takes: "nothing", argument })

/** Without dashes. */
const flags = index<Meaning>([
  ["p P port", { takes: "port" }],
  ["t to h H b host bind ip addr address server connect remote", { takes: "address" }],
  ["f i file input", { takes: "file" }],
  ["d o O output output-dir out outdir directory folder inbox dest destination", valued(settings.dir.name)],
  ["m msg message", valued(settings.text.name)],
  ["bwlimit rate limit-rate", valued(settings.limit.name)],
  ["w", valued(settings.wait.name, "s")],
  ["v vv debug", toggled(`--${settings.verbose.name}`)],
  ["n simulate", toggled(`--${settings.dryRun.name}`)],
  ["q silent", toggled(`--${settings.quiet.name}`)],
  ["force overwrite", toggled(`--${settings.ifExists.name}=overwrite`)],
  ["ignore-existing no-clobber", toggled(`--${settings.ifExists.name}=skip`)],
  ["l L listen receive recv", { takes: "nothing", command: "serve" }],
  ["4 6 C k u z compress keep-open progress udp", toggled(undefined)]
])

/** The meaning of a flag without its dashes: of another program, or of holub itself if it takes a value. */
export const meaningOf = (flag: string): Meaning | undefined =>
  flags.get(flag) ?? (ownValued.includes(flag) ? valued(flag) : undefined)

const ownValued = Object.values(settings).flatMap(({ name, placeholder }) => placeholder === undefined ? [] : [name])

/** Whether a flag takes a folder with all its files. */
export const isRecursive = (flag: string): boolean => ["-r", "-R", "-a", "-av", "-avz", "--recursive"].includes(flag)
