/** Says a text on standard output and ends, for what needs nothing of the program but its words. */

export const say = (text: string): void => {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return
    process.stderr.write(`holub: standard output cannot be written: ${message}\n`)
    // ExitCode.localIo, which is not loaded here.
    process.exitCode = 8
  })
  process.stdout.write(text)
}
