/** Maps errno of sockets to reasons and sentences. */
import type { Reason } from "../../net/Socket.ts"
import { SocketError } from "../../net/Socket.ts"

/** The typed error for a system error at an address. */
export const errorOf = (cause: unknown, address: string): SocketError => {
  const reason = reasons[codeOf(cause)] ?? "Io"
  const detail = reason === "Io" && cause instanceof Error ? `: ${cause.message}` : ""
  return new SocketError({ reason, address, message: sentences[reason](address) + detail, cause })
}

/** The same for a run that the kernel was to cut (UDP_SEGMENT): EINVAL means that its datagrams are larger than the path's MTU. */
export const runErrorOf = (cause: unknown, address: string): SocketError =>
  codeOf(cause) === "EINVAL"
    ? new SocketError({ reason: "TooLarge", address, message: sentences.TooLarge(address), cause })
    : errorOf(cause, address)

const codeOf = (cause: unknown): string => cause instanceof Error && "code" in cause ? String(cause.code) : ""

/** The reasons that the system gives. */
type SystemReason = Exclude<Reason, "NotUnicast" | "InvalidZone">

const reasons: Readonly<Record<string, SystemReason>> = {
  EADDRINUSE: "AddressInUse",
  EADDRNOTAVAIL: "AddressNotAvailable",
  EACCES: "Denied",
  EPERM: "Denied",
  ENOTFOUND: "HostNotFound",
  EAI_AGAIN: "HostNotFound",
  ECONNREFUSED: "Refused",
  ECONNRESET: "Reset",
  EPIPE: "Reset",
  ETIMEDOUT: "Unreachable",
  ENETUNREACH: "Unreachable",
  EHOSTUNREACH: "Unreachable",
  ENETDOWN: "Unreachable",
  EMSGSIZE: "TooLarge",
  EAFNOSUPPORT: "AddressNotAvailable",
  EMFILE: "TooManyOpen",
  ENFILE: "TooManyOpen"
}

const sentences: Readonly<Record<SystemReason, (address: string) => string>> = {
  AddressInUse: (address) => `the address ${address} is in use by another program`,
  AddressNotAvailable: (address) => `this machine has no address ${address}`,
  Denied: (address) => `the system does not allow this program to use ${address}`,
  HostNotFound: (address) => `the name ${address} could not be found`,
  Refused: (address) => `nothing listens at ${address}`,
  Reset: (address) => `${address} has reset the connection`,
  Unreachable: (address) => `no route leads to ${address}`,
  TooManyOpen: (address) => `no socket can be opened for ${address}: too many files are open`,
  TooLarge: (address) => `a datagram to ${address} is larger than the network takes`,
  Io: (address) => `the network failed for ${address}`
}
