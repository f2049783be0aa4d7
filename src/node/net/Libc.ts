/**
 * Calls of Linux's C library that Node lacks, through koffi: a datagram socket with options of our choice. This module
 * has the constants and layouts of the system's headers, and no knowledge of the use of the sockets. koffi is optional:
 * if it is absent or fails, `load` returns the reason.
 */
import { isIPv6 } from "node:net"
import { constants, endianness, networkInterfaces } from "node:os"
import { getSystemErrorName } from "node:util"
import type { Address } from "../../net/Address.ts"
import type { Koffi } from "../Koffi.ts"
import { reasonOf, requireKoffi } from "../Koffi.ts"
import { familyOf } from "./Dgram.ts"

/** A call that the system refused; `code` is its errno's name, as in Node's own errors. */
export class LibcError extends Error {
  readonly code: string
  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno)
    super(`${call} ${code}`)
    this.code = code
  }
}

/** The calls. All of them throw `LibcError`; none may be called with a closed descriptor. */
export interface Libc {
  /** Creates an unbound datagram socket of the family; the caller closes it. */
  readonly openDatagram: (family: 4 | 6) => number
  readonly close: (fd: number) => void
  readonly bind: (fd: number, local: Address) => void
  readonly setOption: (fd: number, option: Option, value: number) => void
  /** The number of messages that were dropped because the socket's buffer was full. */
  readonly drops: (fd: number) => number
  /**
   * Lets the process keep up to this many bytes of freed memory for later allocations. Has no effect if the C library
   * has no such setting (musl).
   */
  readonly keepFreed: (bytes: number) => void
}

/** Level and name of an integer option, as Linux's headers have them. */
export type Option = readonly [level: number, name: number]

/**
 * Whether other sockets may bind the same port. To be reset to 0, because libuv sets it to 1 on a descriptor that it is
 * given.
 */
export const reuseAddress: Option = [1, 2]
/** The length of the datagrams into which a send is segmented; 0 for one datagram per send. Since Linux 4.18. */
export const udpSegment: Option = [17, 103]
/** 1: runs of datagrams arrive as one message. Since Linux 5.0. */
export const udpGro: Option = [17, 104]
/** 3 (PROBE): no datagram is fragmented, independent of the MTU that the kernel assumes. */
export const ipMtuDiscover: Option = [0, 10]
export const ipv6MtuDiscover: Option = [41, 23]
export const mtuDiscoverProbe = 3

/**
 * Loads koffi, or a replacement by a test, and binds the calls; or returns a sentence with the reason of the failure.
 */
export const load = async (
  importKoffi: () => Promise<Koffi> = async () => requireKoffi(),
  platform: string = process.platform
): Promise<Libc | string> => {
  if (platform !== "linux") return `segmentation offload needs Linux, and this is ${platform}`
  try {
    return calls(await importKoffi())
  } catch (cause) {
    return reasonOf(cause)
  }
}

const sockDgram = 2
/** SOCK_CLOEXEC: child processes do not inherit the socket. */
const sockCloexec = 0o2000000
const familyNumbers = { 4: 2, 6: 10 } as const
/** SOL_SOCKET, SO_MEMINFO, and the place of the drops among its numbers. */
const memoryInfo = { level: 1, name: 55, numbers: 9, drops: 8 } as const

/** M_TRIM_THRESHOLD and M_MMAP_THRESHOLD: setting the first alone fixes the second at 128 KiB, less than a block of a file. */
const mallocOptions = { trimThreshold: -1, mmapThreshold: -3, mmapThresholdBytes: 4 * 1024 * 1024 } as const

const calls = (koffi: Koffi): Libc => {
  const library = koffi.load(null)
  const socket = library.func("int socket(int domain, int type, int protocol)")
  const close = library.func("int close(int fd)")
  const bind = library.func("int bind(int fd, const void *address, uint32_t length)")
  const setOption = library.func("int setsockopt(int fd, int level, int name, const void *value, uint32_t length)")
  const getOption = library.func("int getsockopt(int fd, int level, int name, void *value, void *length)")
  const convert = library.func("int inet_pton(int family, const char *text, void *address)")
  const checked = (call: string, result: number): number => {
    if (result < 0) throw new LibcError(call, koffi.errno())
    return result
  }
  const value = new Int32Array(1)
  return {
    openDatagram: (family) => checked("socket", socket(familyNumbers[family], sockDgram | sockCloexec, 0)),
    close: (fd) => {
      checked("close", close(fd))
    },
    bind: (fd, { host, port }) => {
      const family = familyOf(host)
      const address = new Uint8Array(family === 6 ? 16 : 4)
      if (convert(familyNumbers[family], host.split("%", 1)[0], address) !== 1) {
        throw new LibcError("inet_pton", constants.errno.EADDRNOTAVAIL)
      }
      const bytes = family === 6 ? sockaddr6(address, port, scopeOf(host)) : sockaddr4(address, port)
      checked("bind", bind(fd, bytes, bytes.length))
    },
    setOption: (fd, [level, name], number) => {
      value[0] = number
      checked("setsockopt", setOption(fd, level, name, value, value.byteLength))
    },
    drops: (fd) => {
      const numbers = new Uint32Array(memoryInfo.numbers)
      const length = Uint32Array.of(numbers.byteLength)
      checked("getsockopt", getOption(fd, memoryInfo.level, memoryInfo.name, numbers, length))
      return numbers[memoryInfo.drops] ?? 0
    },
    keepFreed: (bytes) => {
      let setting: (parameter: number, bytes: number) => number
      try {
        setting = library.func("int mallopt(int parameter, int value)")
      } catch {
        return
      }
      setting(mallocOptions.mmapThreshold, mallocOptions.mmapThresholdBytes)
      setting(mallocOptions.trimThreshold, bytes)
    }
  }
}

const isLittleEndian = endianness() === "LE"

/** struct sockaddr_in: family, port, address, and eight bytes of padding. */
const sockaddr4 = (address: Uint8Array, port: number): Uint8Array => {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, familyNumbers[4], isLittleEndian)
  view.setUint16(2, port)
  bytes.set(address, 4)
  return bytes
}

/** struct sockaddr_in6: family, port, flow, address, scope. */
const sockaddr6 = (address: Uint8Array, port: number, scope: number): Uint8Array => {
  const bytes = new Uint8Array(28)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, familyNumbers[6], isLittleEndian)
  view.setUint16(2, port)
  bytes.set(address, 8)
  view.setUint32(24, scope, isLittleEndian)
  return bytes
}

/** The number of the interface after `%`, which may be a number or a name; 0 for none. */
const scopeOf = (host: string): number => {
  const [, scope = ""] = host.split("%", 2)
  if (/^\d+$/.test(scope)) return Number(scope)
  const own = networkInterfaces()[scope]?.find(({ address, scopeid }) => isIPv6(address) && scopeid !== 0)
  return own?.scopeid ?? 0
}
