/** A terminal on which a test types: what was shown, the signals, and whether keys are read one by one. */
import { PassThrough } from "node:stream"
import type { Device } from "../../../src/cli/interactive/TerminalDevice.ts"
import { fakeOutput } from "../fakes.ts"

export const secretDevice = () => {
  const modes: Array<boolean> = []
  const signals: Array<string> = []
  const input = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => void modes.push(isRaw) })
  const output = fakeOutput(true)
  const device: Device = {
    // The stream of a terminal has more; the prompt uses this.
    input: input as unknown as NodeJS.ReadStream,
    output,
    onResize: () => () => undefined,
    signal: (signal) => void signals.push(signal)
  }
  return {
    device,
    modes,
    signals,
    text: output.text,
    type: (keys: string) => void input.write(keys),
    end: () => void input.end()
  }
}
